// Dark or light: what the visitor chose in this browser, or as the device is. It runs before anything is drawn.
"use strict";

const THEMES = ["device", "light", "dark"];
const SIGNS = { device: "◐", light: "☀", dark: "☾" };
const WORDS = { device: "as this device", light: "light", dark: "dark" };
const KEPT = "wasi-host-theme";

let theme = kept();

function kept() {
  try {
    const found = localStorage.getItem(KEPT);
    return THEMES.includes(found) ? found : THEMES[0];
  } catch { // the browser keeps nothing for this page
    return THEMES[0];
  }
}

function keep() {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // It holds until the page is left.
  }
}

// Colours that are made with light-dark() follow the colour scheme of the document's root.
function tint() {
  const scheme = theme === THEMES[0] ? "" : theme;
  document.documentElement.style.colorScheme = scheme;
  const inner = document.getElementById("page")?.contentDocument?.documentElement;
  if (inner && inner.style.colorScheme !== scheme) {
    inner.style.colorScheme = scheme;
  }
  const button = document.getElementById("theme");
  if (button) {
    const words = document.createElement("span");
    words.className = "unseen";
    words.textContent = `Dark or light: ${WORDS[theme]}`;
    button.replaceChildren(SIGNS[theme], words);
  }
}

function chooseTheme() {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  keep();
  tint();
}

tint();
addEventListener("DOMContentLoaded", () => {
  tint();
  document.getElementById("theme").addEventListener("click", chooseTheme);
  document.getElementById("page")?.addEventListener("load", tint);
});
addEventListener("storage", (event) => { // chosen in another tab of the browser
  if (event.key === KEPT) {
    theme = kept();
    tint();
  }
});
