// The editor of keepalived.conf: line numbers beside the text, a jump to the
// line of a finding, and a warning before typed text is left behind.
export function startEditor() {
  const box = document.querySelector("[data-editor]");
  const text = box?.querySelector("textarea");
  if (!text) return;

  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  box.classList.remove("plain");
  box.prepend(gutter);

  let count = 0;
  const number = () => {
    const lines = text.value.split("\n").length;
    if (lines !== count) {
      count = lines;
      gutter.textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n") + "\n";
    }
    scroll();
  };
  const scroll = () => (gutter.scrollTop = text.scrollTop);
  text.addEventListener("input", number);
  text.addEventListener("input", stayLoggedIn());
  text.addEventListener("scroll", scroll, { passive: true });
  new ResizeObserver(scroll).observe(text);
  number();

  const height = parseFloat(getComputedStyle(text).lineHeight);
  for (const link of document.querySelectorAll("[data-goto]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const lines = text.value.split("\n");
      const n = Number(link.dataset.goto);
      const from = lines.slice(0, n - 1).join("\n").length + (n > 1 ? 1 : 0);
      text.focus();
      text.setSelectionRange(from, from + (lines[n - 1] ?? "").length);
      text.scrollTop = Math.max(0, (n - 5) * height);
    });
  }

  const saved = text.value;
  let leaving = false;
  for (const form of document.forms) form.addEventListener("submit", () => (leaving = form.contains(text) || form.id === "import-form"));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== saved) event.preventDefault();
  });
}

// stayLoggedIn counts typing as use of the session, so that it lives through an
// hour of writing without saving.
const useEvery = 5 * 60 * 1000;
function stayLoggedIn() {
  let last = Date.now();
  return () => {
    if (Date.now() - last < useEvery) return;
    last = Date.now();
    fetch("/healthz", { method: "HEAD" }).catch(() => {}); // the next is due soon enough
  };
}
