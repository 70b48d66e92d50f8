// Relative times and the countdown of a change that waits to be kept. The words
// come with the page, in #spans.
const words = document.getElementById("spans")?.dataset ?? {};

// span is a length of time in its largest unit, as the server words it.
function span(seconds) {
  const pick = (n, unit) => (n === 1 ? words[`${unit}1`] : words[unit].replace("0", n));
  if (seconds < 120) return pick(Math.floor(seconds), "s");
  if (seconds < 7200) return pick(Math.floor(seconds / 60), "m");
  if (seconds < 172800) return pick(Math.floor(seconds / 3600), "h");
  return pick(Math.floor(seconds / 86400), "d");
}

// ages fills in how long ago each marked instant is.
export function ages() {
  for (const el of document.querySelectorAll("[data-rel]")) {
    const age = (Date.now() - Date.parse(el.dataset.rel)) / 1000;
    if (Number.isNaN(age)) continue;
    const text = (age < 0 ? words.in : words.ago).replace("%", span(Math.abs(age)));
    if (el.textContent !== text) el.textContent = text;
  }
}

// countdown moves between two looks of the server, which knows the true rest.
const seen = new WeakMap();
function countdown() {
  for (const el of document.querySelectorAll("[data-left]")) {
    let from = seen.get(el);
    if (!from || from.left !== el.dataset.left) {
      from = { left: el.dataset.left, at: performance.now() };
      seen.set(el, from);
    }
    const left = Math.max(0, Math.ceil(Number(from.left) - (performance.now() - from.at) / 1000));
    el.textContent = String(left);
    const bar = el.closest("[data-pending]")?.querySelector("[data-left-bar]");
    if (bar) bar.value = left;
  }
}

export function startTimes() {
  const tick = () => {
    ages();
    countdown();
  };
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSwap", tick);
}
