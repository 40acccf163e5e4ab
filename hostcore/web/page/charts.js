// Draws the past of each number, from /api/history, into the place that the page leaves for it. Only charts in sight are
// asked for, one after the other.
"use strict";

const REDRAW_MS = 10000;
const POINTS = 300;
const HEIGHT = 130;
const EDGE = { left: 52, right: 6, top: 8, bottom: 20 };
const STEPS_S = [60, 120, 300, 600, 1800, 3600, 10800, 21600, 43200, 86400, 172800, 604800, 2592000, 7776000];
const SHOWN_MARKS = ["crash", "reload", "fault", "finding", "alarm"];

let seconds = 0;
let waiting = [];
let drawing = false;
let pointed = null; // the chart under the mouse: its values stay while a person reads them
const inSight = new Set();
const reports = new WeakMap();

function svg(name, attributes, words) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (words !== undefined) {
    made.textContent = words;
  }
  return made;
}

// Scales.

function roundStep(range, most) {
  const least = range / most;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((each) => each * power).find((each) => each >= least);
}

function scaleOf(place, { points, end }) {
  const limits = JSON.parse(place.dataset.limits);
  let low = Math.min(...points.map((each) => each.lowest));
  let high = Math.max(...points.map((each) => each.highest));
  const least = 2 * 10 ** -Number(place.dataset.decimals); // noise of the last digit is no mountain range
  const pad = Math.max((high - low) * 0.05, (least - (high - low)) / 2, Math.abs(high) * 1e-9);
  [low, high] = [low - pad, high + pad];
  const width = place.clientWidth;
  const begin = end - seconds * 1000;
  return {
    width, low, high, begin, end,
    limits: limits.filter((each) => each > low && each < high),
    x: (ms) => EDGE.left + ((ms - begin) / (end - begin)) * (width - EDGE.left - EDGE.right),
    y: (value) => HEIGHT - EDGE.bottom - ((value - low) / (high - low)) * (HEIGHT - EDGE.top - EDGE.bottom),
  };
}

function timeWords(ms) {
  const when = new Date(ms);
  return seconds > 2 * 86400
    ? when.toLocaleDateString([], { day: "numeric", month: "short" })
    : when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

function number(place, value) {
  const size = Math.abs(value);
  return size >= 1e6 || (size > 0 && size < 1e-3)
    ? value.toPrecision(4)
    : value.toFixed(Math.min(4, Number(place.dataset.decimals)));
}

// The picture.

function grid(picture, scale) {
  const step = roundStep(scale.high - scale.low, 4);
  const decimals = Math.min(9, Math.max(0, -Math.floor(Math.log10(step))));
  for (let value = Math.ceil(scale.low / step) * step; value <= scale.high; value += step) {
    const y = scale.y(value);
    picture.append(svg("line", { class: "rule", x1: EDGE.left, x2: scale.width - EDGE.right, y1: y, y2: y }));
    const words = Math.abs(value) >= 1e6 ? value.toPrecision(3) : value.toFixed(decimals);
    picture.append(svg("text", { x: EDGE.left - 4, y: y + 4, "text-anchor": "end" }, words));
  }
  const most = Math.max(2, Math.floor((scale.width - EDGE.left) / 70));
  const every = 1000 * (STEPS_S.find((each) => each >= seconds / most) ?? STEPS_S.at(-1));
  const shift = new Date(scale.end).getTimezoneOffset() * 60000;
  for (let ms = Math.ceil((scale.begin - shift) / every) * every + shift; ms <= scale.end; ms += every) {
    const x = scale.x(ms);
    picture.append(svg("line", { class: "rule", x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom }));
    if (x > EDGE.left + 14 && x < scale.width - 20) {
      picture.append(svg("text", { x, y: HEIGHT - 5, "text-anchor": "middle" }, timeWords(ms)));
    }
  }
}

function stretches(points) {
  const found = [];
  for (const point of points) {
    if (point.is_after_gap || !found.length) {
      found.push([]);
    }
    found.at(-1).push(point);
  }
  return found;
}

function curve(picture, scale, points) {
  const at = (point, value) => `${scale.x(point.time_ns / 1e6).toFixed(1)},${scale.y(value).toFixed(1)}`;
  for (const stretch of stretches(points)) {
    if (stretch.some((each) => each.lowest < each.highest)) {
      const there = stretch.map((each) => at(each, each.highest));
      const back = stretch.map((each) => at(each, each.lowest)).reverse();
      picture.append(svg("polygon", { class: "band", points: [...there, ...back].join(" ") }));
    }
    const line = stretch.map((each) => at(each, each.mean));
    picture.append(svg("polyline", { class: "curve", points: [...line, line.at(-1)].join(" ") })); // one alone is a dot
  }
}

function events(picture, scale, marks) {
  for (const value of scale.limits) {
    const y = scale.y(value);
    picture.append(svg("line", { class: "limit", x1: EDGE.left, x2: scale.width - EDGE.right, y1: y, y2: y }));
  }
  for (const { time_ns, kind, text } of marks.filter((each) => SHOWN_MARKS.includes(each.kind))) {
    const x = scale.x(time_ns / 1e6);
    const line = svg("line", { class: `mark ${kind}`, x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
    line.append(svg("title", {}, `${kind}: ${text}`));
    picture.append(line);
  }
}

function summary(place, { points, marks }) {
  const unit = place.dataset.unit ? ` ${place.dataset.unit}` : "";
  const low = Math.min(...points.map((each) => each.lowest));
  const high = Math.max(...points.map((each) => each.highest));
  const shown = marks.filter((each) => SHOWN_MARKS.includes(each.kind)).length;
  return [
    `${number(place, low)} to ${number(place, high)}${unit}`,
    ...(points.some((each) => each.is_after_gap) ? ["with gaps"] : []),
    ...(points.every((each) => each.is_simulated) ? ["simulated"]
      : points.some((each) => each.is_simulated) ? ["partly simulated"] : []),
    ...(points.some((each) => each.is_faulty) ? ["faults were on"] : []),
    ...(shown ? [`${shown} events`] : []),
  ].join(", ");
}

function draw(place) {
  const report = reports.get(place);
  if (!report || !place.clientWidth) {
    return;
  }
  const said = document.createElement("p");
  if (!report.points.length) {
    said.textContent = report.problem || "The history has no value of this time.";
    place.replaceChildren(said);
    return;
  }
  const scale = scaleOf(place, report);
  const words = summary(place, report);
  const picture = svg("svg", { width: scale.width, height: HEIGHT, role: "img", "aria-label": `Chart: ${words}` });
  grid(picture, scale);
  curve(picture, scale, report.points);
  events(picture, scale, report.marks);
  picture.append(svg("line", { class: "cursor", y1: EDGE.top, y2: HEIGHT - EDGE.bottom, visibility: "hidden" }));
  said.textContent = words;
  place.replaceChildren(picture, said);
}

function point(place, event) {
  const report = reports.get(place);
  if (!report?.points.length || !place.querySelector("svg")) {
    return;
  }
  pointed = event.pointerType === "mouse" ? place : null;
  const scale = scaleOf(place, report);
  const wanted = event.clientX - place.getBoundingClientRect().left;
  const distance = (each) => Math.abs(scale.x(each.time_ns / 1e6) - wanted);
  const nearest = report.points.reduce((best, each) => (distance(each) < distance(best) ? each : best));
  const mark = report.marks.find((each) => SHOWN_MARKS.includes(each.kind) && distance(each) < 6);
  const cursor = place.querySelector(".cursor");
  const x = scale.x(nearest.time_ns / 1e6);
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  cursor.setAttribute("visibility", "visible");
  const range = nearest.lowest < nearest.highest
    ? ` (${number(place, nearest.lowest)} to ${number(place, nearest.highest)})` : "";
  place.querySelector("p").textContent =
    `${new Date(nearest.time_ns / 1e6).toLocaleString()}: ${number(place, nearest.mean)} ${place.dataset.unit}${range}` +
    (mark ? `; ${mark.kind}: ${mark.text}` : "");
}

function leave(place, event) {
  if (event.pointerType === "mouse") { // what a finger has read stays until the chart is drawn again
    pointed = null;
    draw(place);
  }
}

// The questions.

async function ask(place) {
  const query = new URLSearchParams({ plugin: place.dataset.plugin, seconds, points: POINTS });
  for (const key of JSON.parse(place.dataset.keys)) {
    query.append("key", key);
  }
  const asked = seconds;
  try {
    const response = await fetch(`/api/history?${query}`, { signal: AbortSignal.timeout(10000) });
    const told = await response.json();
    const end = Date.parse(response.headers.get("Date")) || Date.now(); // the host's clock, not the visitor's
    if (asked === seconds) {
      reports.set(place, { points: [], marks: [], problem: told.error, ...told, end });
      draw(place);
    }
  } catch {
    // The page says that the host is gone. The chart stays as it is.
  }
}

async function askAll() {
  waiting = [...inSight].filter((each) => each.isConnected && each !== pointed);
  if (drawing) {
    return;
  }
  drawing = true;
  while (waiting.length) {
    await ask(waiting.shift());
  }
  drawing = false;
}

const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    inSight[isIntersecting ? "add" : "delete"](target);
  }
  if (entries.some((each) => each.isIntersecting && !reports.has(each.target))) {
    askAll();
  }
});

function find() {
  for (const place of document.querySelectorAll(".chart:not([data-found])")) {
    place.dataset.found = "";
    watcher.observe(place);
    place.addEventListener("pointermove", (event) => point(place, event));
    place.addEventListener("pointerdown", (event) => point(place, event));
    place.addEventListener("pointerleave", (event) => leave(place, event));
  }
}

// The length of the past. It stands in the address, so that it is there again after a reload.

function chooseSpan(button) {
  seconds = Number(button.dataset.span);
  for (const each of document.querySelectorAll("[data-span]")) {
    each.setAttribute("aria-pressed", each === button);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-span]");
  if (button) {
    chooseSpan(button);
    history.replaceState(null, "", `#past=${seconds}`);
    askAll();
  }
});
chooseSpan([...document.querySelectorAll("[data-span]")].find((each) => location.hash === `#past=${each.dataset.span}`)
  ?? document.querySelector("[data-span][aria-pressed=true]"));
addEventListener("resize", () => inSight.forEach(draw));
new MutationObserver(find).observe(document.body, { childList: true, subtree: true });
find();
setInterval(() => document.hidden || askAll(), REDRAW_MS);
