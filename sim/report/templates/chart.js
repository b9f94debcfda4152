/* Charts over time: a line for the median and bands for the members, one colour and dash for each scenario. */
const HEIGHT = 216, EDGE = { left: 54, right: 14, top: 10, bottom: 24 };

function chart(figure, spec) {
  const plot = figure.querySelector(".plot"), legend = figure.querySelector(".legend");
  const select = figure.querySelector("select");
  let series = spec.series[0], scale = null, hair = null;

  if (select) {
    spec.series.forEach((one, index) => select.append(make("option", { value: index }, one.label.replaceAll("_", " "))));
    const first = Math.max(0, spec.series.findIndex((one) => one.label === spec.first));
    select.value = String(first);
    series = spec.series[first];
    select.addEventListener("change", () => { series = spec.series[Number(select.value)]; paint(); });
  }

  const levelsOf = (index) => (state.change ? series.change[index] : series.values[index]);
  const visible = () => [...state.shown].sort().filter((index) => levelsOf(index));

  function range(first, last) {
    let low = 0, high = 0;
    for (const index of visible()) {
      for (const level of levelsOf(index)) {
        for (let at = first; at <= last; at += 1) {
          if (level[at] !== null) { low = Math.min(low, level[at]); high = Math.max(high, level[at]); }
        }
      }
    }
    if (spec.ceiling && !state.change) high = spec.ceiling;
    if (high - low < 1e-9) high = spec.ceiling || 1;
    return [low, high + (spec.ceiling && !state.change ? 0 : 0.04 * (high - low))];
  }

  function paint() {
    const width = state.printing ? PRINTED : Math.max(260, plot.clientWidth || 320), [first, last] = edges();
    const [low, high] = range(first, last), start = data.times[first], end = data.times[last];
    const x = (minutes) => EDGE.left + ((minutes - start) / (end - start || 1)) * (width - EDGE.left - EDGE.right);
    const y = (value) => HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
    scale = { x, y, width, first, last, start, end };
    const sheet = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, "aria-hidden": "true" });
    axes(sheet, low, high);
    const many = visible().length > 3;
    for (const index of visible()) band(sheet, levelsOf(index), index, many);
    for (const index of visible()) line(sheet, middle(levelsOf(index)), index);
    if (spec.id === "arrived" && !state.change) counted(sheet);
    hair = draw("g", { class: "hair" });
    sheet.append(hair);
    plot.replaceChildren(sheet);
    tell();
  }

  function axes(sheet, low, high) {
    const { x, y, width, start, end } = scale, days = (end - start) / DAY;
    const steps = ticks(low, high, 4), fine = steps.length > 1 && steps[1] - steps[0] < 1 ? 2 : 0;
    for (const tick of steps) {
      sheet.append(draw("line", { class: Math.abs(tick) < 1e-9 ? "zero" : "grid", x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick) }));
      sheet.append(draw("text", { class: "tick", x: EDGE.left - 7, y: y(tick) + 3.5, "text-anchor": "end" }, inWords(tick, fine)));
    }
    for (const tick of dayTicks(start, end, Math.max(2, Math.floor((width - 70) / 74)))) {
      if (x(tick) > width - 26) continue;
      sheet.append(draw("line", { class: "tickmark", x1: x(tick), x2: x(tick), y1: HEIGHT - EDGE.bottom, y2: HEIGHT - EDGE.bottom + 4 }));
      sheet.append(draw("text", { class: "tick", x: x(tick), y: HEIGHT - 7, "text-anchor": "middle" }, tickInWords(tick, days)));
    }
  }

  function counted(sheet) {
    for (const [minutes, persons] of data.counts) {
      if (minutes < scale.start || minutes > scale.end) continue;
      sheet.append(draw("circle", { class: "count-mark", cx: scale.x(minutes), cy: scale.y(persons), r: 3 }));
    }
  }

  function runs(levels) {
    const found = [[]];
    for (let at = scale.first; at <= scale.last; at += 1) {
      if (levels[at] === null) { if (found[found.length - 1].length) found.push([]); } else found[found.length - 1].push(at);
    }
    return found.filter((run) => run.length);
  }

  const point = (level, at) => `${scale.x(data.times[at]).toFixed(1)} ${scale.y(level[at]).toFixed(1)}`;

  function band(sheet, levels, index, many) {
    for (let low = 0; low < (levels.length - 1) / 2; low += 1) {
      const top = levels[levels.length - 1 - low], bottom = levels[low];
      for (const run of runs(bottom)) {
        const there = run.map((at) => point(top, at)), back = [...run].reverse().map((at) => point(bottom, at));
        sheet.append(draw("path", { class: "band", d: `M${[...there, ...back].join("L")}Z`, fill: COLOURS[index % 7], opacity: many ? 0.1 : 0.17 }));
      }
    }
  }

  function line(sheet, level, index) {
    const d = runs(level).map((run) => `M${run.map((at) => point(level, at)).join("L")}`).join("");
    const attributes = { class: "median", d, stroke: COLOURS[index % 7], "data-scenario": index };
    if (DASHES[index % 7]) attributes["stroke-dasharray"] = DASHES[index % 7];
    sheet.append(draw("path", attributes));
  }

  function tell() {
    const at = state.cursor === null ? scale.last : Math.min(scale.last, Math.max(scale.first, state.cursor));
    const rows = visible().map((index) => {
      const levels = levelsOf(index);
      return make("tr", {},
        make("th", { scope: "row" }, swatch(index), data.scenarios[index].title),
        make("td", {}, inWords(middle(levels)[at], spec.decimals)),
        make("td", { class: "span" }, spanInWords(levels, at, spec.decimals)));
    });
    const when = make("caption", {}, dateInWords(data.times[at]));
    legend.replaceChildren(when, make("tbody", {}, ...rows));
    hair.replaceChildren();
    if (state.cursor === null) return;
    const x = scale.x(data.times[at]);
    hair.append(draw("line", { x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
    for (const index of visible()) {
      const value = middle(levelsOf(index))[at];
      if (value !== null) hair.append(draw("circle", { cx: x, cy: scale.y(value), r: 3.5, fill: COLOURS[index % 7] }));
    }
  }

  plot.addEventListener("pointermove", (event) => {
    const box = plot.getBoundingClientRect(), at = ((event.clientX - box.left) / box.width) * scale.width;
    const share = (at - EDGE.left) / (scale.width - EDGE.left - EDGE.right);
    move(nearest(scale.start + share * (scale.end - scale.start)));
  });
  plot.addEventListener("pointerleave", () => move(null));
  plot.addEventListener("blur", () => move(null));
  plot.addEventListener("keydown", (event) => {
    const at = state.cursor === null ? scale.last : state.cursor;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 10, PageDown: at + 10, Home: scale.first, End: scale.last }[event.key];
    if (event.key === "Escape") { move(null); return; }
    if (to === undefined) return;
    event.preventDefault();
    move(Math.min(scale.last, Math.max(scale.first, to)));
  });
  redraws.push(paint);
  moves.push(tell);
}
