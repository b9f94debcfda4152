/* Controls, the filter of assumptions, and drawing everything once. */
document.querySelectorAll("[data-chart]").forEach((figure) => chart(figure, data.charts[Number(figure.dataset.chart)]));
const everybody = document.getElementById("ribbons");
if (everybody) ribbons(everybody);

document.querySelectorAll("[data-swatch]").forEach((place) => place.replaceChildren(swatch(Number(place.dataset.swatch))));

document.querySelectorAll("[data-toggle]").forEach((button) => button.addEventListener("click", () => {
  const index = Number(button.dataset.toggle);
  if (state.shown.has(index) && state.shown.size > 1) state.shown.delete(index); else state.shown.add(index);
  button.setAttribute("aria-pressed", String(state.shown.has(index)));
  redraw();
}));
choose([...document.querySelectorAll("[data-change]")], (button) => { state.change = button.dataset.change === "true"; redraw(); });
choose([...document.querySelectorAll("[data-whole]")], (button) => { state.whole = button.dataset.whole === "true"; redraw(); });

const mapSection = document.getElementById("map");
if (mapSection) map(mapSection);
const originsSection = document.getElementById("origins");
if (originsSection) origins(originsSection);

const filter = document.getElementById("filter");
if (filter) {
  const rows = [...document.querySelectorAll("#numbers tbody tr")], count = document.getElementById("count");
  filter.addEventListener("input", () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row) => { row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word)); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} shown`;
  });
}

/* On paper everything is open, and charts are drawn for half a page. */
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open])")];
  opened.forEach((part) => { part.open = true; });
  state.printing = true;
  redraw();
});
window.addEventListener("afterprint", () => {
  opened.forEach((part) => { part.open = false; });
  state.printing = false;
  redraw();
});

let width = window.innerWidth;
window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; redraw(); } });
redraw();
document.body.dataset.ready = "true";
