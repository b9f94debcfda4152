/* The map with its slider, where everybody is, and who went where. */
const KINDS = {
  settlement: { colour: "#009e73", label: "at home, by settlement" },
  district: { colour: "#009e73", label: "at home, by district" },
  province: { colour: "#0072b2", label: "displaced, by province" },
  reception: { colour: "#e69f00", label: "at the reception point" },
  crossing: { colour: "#d55e00", label: "vehicles waiting at the crossing" },
};
const LARGEST = 60;

function map(section) {
  const ground = data.map, layer = section.querySelector("#stocks"), slider = section.querySelector("#when");
  const play = section.querySelector("#play"), clock = section.querySelector("#clock"), told = section.querySelector("#told");
  const sums = section.querySelector("#sums"), flow = section.querySelector("#flow");
  let scenario = 0, timer = null, chosen = null;
  const persons = ground.points.filter((point) => point.unit === "persons").flatMap((point) => point.values.flatMap((levels) => levels.flat()));
  const most = Math.max(1, ...persons.filter((value) => value !== null));
  const radius = (value) => LARGEST * Math.sqrt(Math.max(0, value || 0) / most);
  const marks = ground.points.map((point, index) => mark(point, index));

  function mark(point, index) {
    const colour = KINDS[point.kind].colour, shape = point.unit === "vehicles" ? square(point) : circle(point);
    const parts = { high: shape({ stroke: colour, class: "rim far" }), fill: shape({ fill: colour, class: "fill" }), low: shape({ stroke: colour, class: "rim" }) };
    const group = draw("g", { class: `mark ${point.kind}`, tabindex: 0, role: "img" }, ...Object.values(parts).map((part) => part.element), draw("circle", { cx: point.x, cy: point.y, r: 2.5, fill: colour }));
    for (const kind of ["pointerenter", "focus", "click"]) group.addEventListener(kind, () => { chosen = index; paint(); });
    layer.append(group);
    return { ...parts, group };
  }

  function paint() {
    const at = Number(slider.value);
    clock.textContent = dateInWords(data.times[at]);
    slider.setAttribute("aria-valuetext", clock.textContent);
    const totals = {};
    ground.points.forEach((point, index) => {
      const levels = point.values[scenario], value = middle(levels)[at], part = marks[index];
      part.fill.size(radius(value));
      part.low.size(levels.length > 1 ? radius(levels[0][at]) : 0);
      part.high.size(levels.length > 1 ? radius(levels[levels.length - 1][at]) : 0);
      part.group.setAttribute("aria-label", sentence(point, at));
      totals[point.kind] = (totals[point.kind] || 0) + (value || 0);
    });
    const hourly = middle(ground.flow[scenario])[at] || 0;
    flow.textContent = `${inWords(hourly, 0)} persons per hour arrive`;
    section.querySelectorAll(".road.corridor").forEach((road) => road.setAttribute("stroke-width", (2 + hourly / 120).toFixed(1)));
    sums.replaceChildren(...Object.entries(totals).map(([kind, total]) => make("tr", {},
      make("th", { scope: "row" }, dot(KINDS[kind].colour), KINDS[kind].label), make("td", {}, inWords(total, 0)))));
    told.textContent = chosen === null ? "Point at a circle, or reach it with the Tab key." : sentence(ground.points[chosen], at);
  }

  function sentence(point, at) {
    const levels = point.values[scenario], span = spanInWords(levels, at, 0);
    return `${point.title}: ${inWords(middle(levels)[at], 0)} ${point.unit}${span ? ` (90% of runs: ${span})` : ""}`;
  }

  function stop() { clearInterval(timer); timer = null; play.textContent = "Play"; play.setAttribute("aria-label", "Play the map over time"); }

  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number(slider.value) >= data.times.length - 1) slider.value = "0";
    play.textContent = "Pause";
    play.setAttribute("aria-label", "Pause the map");
    timer = setInterval(() => {
      slider.value = String(Number(slider.value) + 1);
      paint();
      if (Number(slider.value) >= data.times.length - 1) stop();
    }, 120);
  });
  slider.max = String(data.times.length - 1);
  slider.value = String(data.map_first);
  slider.addEventListener("input", () => { stop(); paint(); });
  choose([...section.querySelectorAll("[data-map]")], (button) => { scenario = Number(button.dataset.map); paint(); });
  const sheet = section.querySelector(".sheet");
  choose([...section.querySelectorAll("[data-view]")], (button) => {
    sheet.setAttribute("viewBox", button.dataset.view);
    sheet.classList.toggle("near", button.dataset.view.slice(0, 4) !== "0 0 ");
  });
  paint();
}

/* Persons are circles and vehicles squares, both with areas in proportion. */
const circle = (point) => (attributes) => {
  const element = draw("circle", { cx: point.x, cy: point.y, ...attributes });
  return { element, size: (radius) => element.setAttribute("r", radius.toFixed(1)) };
};
const square = (point) => (attributes) => {
  const element = draw("rect", attributes);
  return { element, size: (radius) => {
    const half = radius * 0.886;
    fill(element, { x: (point.x - half).toFixed(1), y: (point.y - half).toFixed(1), width: (2 * half).toFixed(1), height: (2 * half).toFixed(1) }, []);
  } };
};

const dot = (colour) => draw("svg", { class: "swatch", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, draw("circle", { cx: 6, cy: 6, r: 5, fill: colour }));

/* Everybody, stacked: means over members, which add up. */
const STATES = { "at home": "#009e73", "ready to leave": "#e69f00", "in transit": "#d55e00", displaced: "#8cc6ec", returned: "#7b3f98", dead: "#111111" };

function ribbons(holder) {
  function paint() {
    const { states, values } = data.whereabouts, [first, last] = edges();
    holder.replaceChildren(...[...state.shown].sort().map((index) => ribbon(states, values[index], index, first, last, state.printing ? PRINTED : Math.min(540, holder.clientWidth))));
  }
  redraws.push(paint);
}

function ribbon(states, curves, index, first, last, width) {
  const height = 200, left = 54, right = 8, foot = 24, top = 6;
  const sheet = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": ends(states, curves, index) });
  const most = states.reduce((sum, _, at) => sum + curves[at][first], 0) || 1;
  const start = data.times[first], end = data.times[last];
  const x = (at) => left + ((data.times[at] - start) / (end - start || 1)) * (width - left - right);
  const y = (value) => height - foot - (value / most) * (height - foot - top);
  let below = new Array(data.times.length).fill(0);
  states.forEach((name, at) => {
    const above = below.map((value, time) => value + curves[at][time]), up = [], down = [];
    for (let time = first; time <= last; time += 1) {
      up.push(`${x(time).toFixed(1)} ${y(above[time]).toFixed(1)}`);
      down.unshift(`${x(time).toFixed(1)} ${y(below[time]).toFixed(1)}`);
    }
    sheet.append(draw("path", { d: `M${[...up, ...down].join("L")}Z`, fill: STATES[name], class: "ribbon" }, draw("title", {}, `${name}: ${inWords(curves[at][last], 0)} persons at the end`)));
    below = above;
  });
  for (const tick of ticks(0, most, 4)) sheet.append(draw("text", { class: "tick", x: left - 7, y: y(tick) + 3.5, "text-anchor": "end" }, inWords(tick, 0)));
  for (const tick of dayTicks(start, end, 4)) {
    const at = left + ((tick - start) / (end - start || 1)) * (width - left - right);
    if (at < width - 24) sheet.append(draw("text", { class: "tick", x: at, y: height - 7, "text-anchor": "middle" }, tickInWords(tick, (end - start) / DAY)));
  }
  return make("figure", { class: "chart" }, make("figcaption", {}, make("strong", {}, swatch(index), data.scenarios[index].title), make("small", {}, "persons, mean over runs")), sheet);
}

function ends(states, curves, index) {
  const last = data.times.length - 1;
  return `${data.scenarios[index].title}, at the end: ${states.map((name, at) => `${name} ${inWords(curves[at][last], 0)}`).join(", ")}`;
}

/* Home districts on the left, where their people are at the end on the right. */
const WIDE = 800, LEFT = 280, RIGHT = 610, MID = 445;
const TONES = ["#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#808080"];

function origins(section) {
  const holder = section.querySelector("#sankey");
  const buttons = [...section.querySelectorAll("[data-origins]")];
  choose(buttons, (button) => paint(Number(button.dataset.origins)));
  function paint(index) {
    const table = data.origins.values[index], sums = table.map((row) => row.reduce((a, b) => a + b, 0));
    const total = sums.reduce((a, b) => a + b, 0);
    if (!total) { holder.replaceChildren(make("p", { class: "quiet" }, "Nobody is displaced at the end.")); return; }
    const arriving = data.origins.places.map((_, at) => table.reduce((sum, row) => sum + row[at], 0));
    const left = stacked(sums, 430 / total), right = stacked(arriving, 430 / total);
    const height = Math.max(left.height, right.height);
    const sheet = draw("svg", { viewBox: `0 0 ${WIDE} ${height}`, role: "img", "aria-label": "Flows from home districts to where people are at the end" });
    for (const from of left.order) {
      for (const to of right.order) {
        const size = table[from][to] * 430 / total;
        if (size > 0) sheet.append(link(left.next[from], right.next[to], size, from, `${data.origins.districts[from]} → ${data.origins.places[to]}: ${inWords(table[from][to], 0)} persons`));
        left.next[from] += size;
        right.next[to] += size;
      }
    }
    for (const from of left.order) bar(sheet, LEFT - 10, left.y[from], left.size[from], TONES[from % 7], data.origins.districts[from], sums[from], true);
    for (const to of right.order) bar(sheet, RIGHT, right.y[to], right.size[to], "#6d7881", data.origins.places[to], arriving[to], false);
    holder.replaceChildren(sheet);
  }

  /* The largest on top, each with room for its name. */
  function stacked(sums, unit) {
    const order = sums.map((_, at) => at).filter((at) => sums[at] > 0).sort((a, b) => sums[b] - sums[a]);
    const y = {}, next = {}, size = {};
    let below = 8;
    for (const at of order) {
      size[at] = sums[at] * unit;
      y[at] = next[at] = below + Math.max(0, (15 - size[at]) / 2);
      below += Math.max(15, size[at]) + 6;
    }
    return { order, y, next, size, height: Math.ceil(below) };
  }

  function link(from, to, size, tone, words) {
    const d = `M${LEFT} ${from}C${MID} ${from} ${MID} ${to} ${RIGHT} ${to}V${to + size}C${MID} ${to + size} ${MID} ${from + size} ${LEFT} ${from + size}Z`;
    return draw("path", { d, fill: TONES[tone % 7], class: "link" }, draw("title", {}, words));
  }
  function bar(sheet, x, y, size, colour, name, persons, before) {
    sheet.append(draw("rect", { x, y, width: 10, height: Math.max(1, size), fill: colour }));
    const text = draw("text", { class: "node", x: before ? x - 7 : x + 17, y: y + size / 2 + 4, "text-anchor": before ? "end" : "start" }, name, draw("tspan", { class: "count", dx: 6 }, inWords(persons, 0)));
    sheet.append(text);
  }
  paint(0);
}
