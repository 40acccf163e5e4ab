// Updates the page without reloading it. When the host reports a change, this script fetches the tab again and changes
// only the parts that differ, so that scroll position, selection and focus stay.
"use strict";

const KINDS = document.body.dataset.kinds; // the events that can change this tab
const RETRY_MS = 2000;
const PACE_MS = document.body.className === "readings" ? 100 : 1000; // least time between two requests
const PATIENCE_MS = 10000; // for the first byte of an answer
const LONGEST_MS = 60000; // for all of it, over a slow network
const QUIET_MS = 10000; // so long after the last event, the host is asked whether it is there
const ORDER_SHOWN_MS = 5000;
const INTERVAL_MS = 1000 * Number(document.body.dataset.interval);
const NARROW = matchMedia("(max-width: 40rem), (max-height: 30rem)"); // as in shell.css
const STALE_MS = Math.max(3 * INTERVAL_MS, 5000);

let connected = true;
let answer = "";
let lostAt = 0;
let renderedAt = Date.now();
let heardAt = Date.now(); // when the host last said something
let silent = false; // whether it did not answer when asked
let fetching = false;
let again = false;

// The notice: the most important problem, or nothing.

function clock(moment) {
  return new Date(moment).toLocaleTimeString();
}

function notice() {
  let text = answer;
  if (!connected) {
    text = `! Connection lost at ${clock(lostAt)}. What you see is old. Trying again.`;
  } else if (silent) {
    text = `! The host has not answered since ${clock(heardAt)}. What you see is old.`;
  } else if (Date.now() - renderedAt > STALE_MS && document.getElementById("page")) {
    text = `! The page was last rendered at ${clock(renderedAt)}. What you see is old.`;
  }
  const place = document.getElementById("notice");
  if (place.textContent !== text) {
    place.textContent = text;
  }
}

// Changes in place.

function morph(now, next) {
  for (const { name } of [...now.attributes]) {
    if (!next.hasAttribute(name) && name !== "open" && name !== "data-found") { // set by the visitor, by charts.js
      now.removeAttribute(name);
    }
  }
  for (const attribute of next.attributes) {
    if (now.getAttribute(attribute.name) !== attribute.value) {
      now.setAttributeNode(attribute.cloneNode()); // setAttribute refuses names that the parser takes
    }
  }
  if (!now.hasAttribute("data-own")) { // what is in it is a script's own
    morphChildren(now, next);
  }
}

function morphChildren(now, next) {
  const byId = new Map([...now.children].map((child) => [child.id, child]));
  let place = now.firstChild;
  for (const wanted of [...next.childNodes]) {
    const known = wanted.id ? byId.get(wanted.id) : null;
    if (known && known !== place) {
      now.insertBefore(known, place);
      place = known;
    }
    if (place && isAlike(place, wanted)) {
      morphNode(place, wanted);
      place = place.nextSibling;
    } else {
      now.insertBefore(now.ownerDocument.importNode(wanted, true), place);
    }
  }
  while (place) {
    const rest = place.nextSibling;
    place.remove();
    place = rest;
  }
}

function isAlike(now, next) {
  return now.nodeName === next.nodeName && (now.id || "") === (next.id || "");
}

function morphNode(now, next) {
  if (now.id === "notice") {
    return;
  }
  if (now.nodeName === "IFRAME") {
    morphFrame(now, next.getAttribute("srcdoc"));
  } else if (now.nodeType === Node.ELEMENT_NODE) {
    morph(now, next);
  } else if (now.nodeValue !== next.nodeValue) {
    now.nodeValue = next.nodeValue;
  }
}

function morphFrame(frame, html) {
  const inner = frame.contentDocument; // null if a link led the frame elsewhere
  if (inner && inner.URL === "about:srcdoc") {
    morph(inner.documentElement, parse(html).documentElement);
    tint();
    fit(frame);
  } else {
    frame.setAttribute("srcdoc", html);
  }
}

// On a phone, the frame is as high as its page, so that both scroll together.
function fit(frame) {
  const inner = frame.contentDocument?.documentElement;
  const height = NARROW.matches && inner ? `${Math.ceil(inner.getBoundingClientRect().height)}px` : "";
  if (frame.style.height !== height) {
    frame.style.height = height;
  }
}

function fitPage() {
  const frame = document.getElementById("page");
  if (frame) {
    fit(frame);
  }
}

function parse(html) {
  return new DOMParser().parseFromString(html, "text/html"); // runs no script, loads nothing
}

// Requests.

async function refresh() {
  again = fetching;
  if (fetching) {
    return;
  }
  fetching = true;
  const began = performance.now();
  const asked = Date.now();
  try {
    await takeOver(await answerOf(location.pathname + location.search));
    heard();
  } catch {
    silent = heardAt < asked; // over a slow network, events come although the page is late
  }
  notice();
  setTimeout(() => {
    fetching = false;
    if (again) {
      refresh();
    }
  }, Math.max(PACE_MS, performance.now() - began)); // a huge page still leaves time for clicks
}

async function answerOf(address) {
  const patience = new AbortController();
  setTimeout(() => patience.abort(), LONGEST_MS);
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const response = await fetch(address, { cache: "no-store", signal: patience.signal });
  clearTimeout(timer);
  heard();
  return response;
}

function heard() {
  heardAt = Date.now();
  silent = false;
}

function told() {
  heard();
  refresh();
}

async function takeOver(response) {
  if (response.status === 401) {
    location.reload(); // shows the login form
  }
  const fresh = parse(await response.text());
  if (fresh.getElementById("host")) {
    document.title = fresh.title;
    morph(document.body, fresh.body);
  }
}

function listen() {
  const stream = new EventSource(`/api/events?kinds=${KINDS}`);
  stream.onopen = () => {
    connected = true;
    renderedAt = Date.now();
    refresh();
  };
  stream.onerror = () => {
    lostAt = connected ? Date.now() : lostAt;
    connected = false;
    notice();
    if (stream.readyState === EventSource.CLOSED) { // refused: the browser does not retry
      setTimeout(listen, RETRY_MS);
      refresh();
    }
  };
  stream.addEventListener("page", () => { renderedAt = Date.now(); });
  for (const kind of [...KINDS.split(","), "dropped"]) {
    stream.addEventListener(kind, told);
  }
}

function give(button) {
  const { plugin, alarm, order } = button.dataset;
  const name = alarm || plugin;
  const path = `/api/${alarm ? "alarms" : "plugins"}/${encodeURIComponent(name)}/${order}`;
  return post(button, path, {}, name, () => `${name}: ${order} ordered.`);
}

function drive(button) {
  const { output, body, ask, taken } = button.dataset;
  const row = button.closest("li");
  const wanted = JSON.parse(body);
  if (taken === "pwm") {
    wanted.duty = row.querySelector("[name=percent]").valueAsNumber / 100;
    wanted.frequency_hz = row.querySelector("[name=frequency_hz]").valueAsNumber;
  } else if (taken === "color") {
    const digits = row.querySelector("input").value;
    wanted.color = [1, 3, 5].map((at) => parseInt(digits.slice(at, at + 2), 16));
  }
  if (!ask || confirm(ask)) {
    const name = row.querySelector("strong").textContent;
    post(button, `/api/actuators/${output}`, wanted, name, (told) => `Done: ${told.done}.`);
  }
}

async function post(button, path, body, name, words) {
  button.disabled = true;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const told = await response.json();
    answer = response.ok ? words(told) : `! ${name}: ${told.error}`;
  } catch {
    answer = `! ${name}: the host did not answer; it may not have been done.`;
  }
  button.disabled = false;
  const said = answer;
  setTimeout(() => { answer = answer === said ? "" : answer; notice(); }, ORDER_SHOWN_MS);
  notice();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button && button.dataset.order) {
    give(button);
  } else if (button && button.dataset.output) {
    drive(button);
  }
});
document.documentElement.classList.add("live");
document.addEventListener("load", fitPage, true); // of a frame, which does not bubble
addEventListener("resize", fitPage);
fitPage();
setInterval(() => {
  notice();
  if (!document.hidden && Date.now() - heardAt > QUIET_MS) { // a host that hangs says nothing, and ages grow
    refresh();
  }
}, 1000);
addEventListener("pageshow", (event) => event.persisted && location.reload()); // back to a page with an ended stream
listen();
