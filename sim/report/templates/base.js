/* What all parts of the page share: the data, small makers of elements, numbers and dates in words, and the state. */
const data = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#e69f00", "#cc79a7", "#56b4e9", "#808080"];
const DASHES = ["", "8 4", "2 3", "9 3 2 3", "14 4", "5 2 1 2 1 2", "3 6"];
const DAY = 1440;

/* Attributes and text are set as such; nothing of the data is ever read as markup. */
function make(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function draw(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function inWords(value, decimals) {
  if (value === null || value === undefined) return "–";
  const text = value.toLocaleString("en-GB", { minimumFractionDigits: Math.min(decimals, 2), maximumFractionDigits: Math.min(decimals, 2) });
  return text.replace("-", "−");
}

function spanInWords(levels, at, decimals) {
  if (levels.length < 2 || levels[0][at] === null) return "";
  const low = levels[0][at], high = levels[levels.length - 1][at];
  return `${inWords(low, decimals)}${low < 0 ? " to " : "–"}${inWords(high, decimals)}`;
}

const middle = (levels) => levels[(levels.length - 1) / 2];

function dateInWords(minutes, withTime = true) {
  const date = new Date(minutes * 60000);
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };
  const clock = { hour: "2-digit", minute: "2-digit", timeZone: "UTC" };
  const text = date.toLocaleDateString("en-GB", options);
  return withTime ? `${text}, ${date.toLocaleTimeString("en-GB", clock)}` : text;
}

function swatch(index) {
  const line = draw("line", { x1: 1, x2: 27, y1: 6, y2: 6, stroke: COLOURS[index % 7], "stroke-width": 3.5 });
  if (DASHES[index % 7]) line.setAttribute("stroke-dasharray", DASHES[index % 7]);
  return draw("svg", { class: "swatch", viewBox: "0 0 28 12", width: 28, height: 12, "aria-hidden": "true" }, line);
}

const state = {
  shown: new Set(data.scenarios.map((_, index) => index)),
  change: false,
  whole: false,
  cursor: null,
  printing: false,
};
const PRINTED = 380;
const redraws = [];
const moves = [];
const redraw = () => redraws.forEach((part) => part());
const move = (cursor) => { state.cursor = cursor; moves.forEach((part) => part()); };

function edges() {
  return state.whole ? [0, data.times.length - 1] : data.busy;
}

function nearest(minutes) {
  let best = 0;
  data.times.forEach((time, index) => {
    if (Math.abs(time - minutes) < Math.abs(data.times[best] - minutes)) best = index;
  });
  return best;
}

/* Round steps that cut [low, high] into about n parts. */
function ticks(low, high, n) {
  const rough = (high - low) / Math.max(1, n), power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const found = [];
  for (let tick = Math.ceil(low / step - 1e-9) * step; tick <= high + step * 1e-6; tick += step) found.push(Math.abs(tick) < step * 1e-6 ? 0 : tick);
  return found;
}

function dayTicks(first, last, n) {
  const days = (last - first) / DAY;
  const step = [0.25, 0.5, 1, 2, 3, 5, 7, 14, 28, 56, 91, 182, 365].find((size) => days / size <= n) || 365;
  const found = [];
  for (let tick = Math.ceil(first / (step * DAY)) * step * DAY; tick <= last; tick += step * DAY) found.push(tick);
  return found;
}

function tickInWords(minutes, days) {
  const date = new Date(minutes * 60000);
  if (days < 2) return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
}

/* Groups of buttons of which one is pressed. */
function choose(buttons, pick) {
  buttons.forEach((button) => button.addEventListener("click", () => {
    buttons.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    pick(button);
  }));
}
