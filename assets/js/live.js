// The live stream: htmx patches the fragments; this module says when nothing
// has come for a while, lets go of the stream while the page is hidden, and
// begins again when it is seen.
const silence = 10000;

export function startLive() {
  const body = document.body;
  if (!body.hasAttribute("sse-connect")) return;
  const notice = document.querySelector("[data-lost]");
  let source = null;
  let last = Date.now();

  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour12: false });
  const alive = () => {
    last = Date.now();
    body.classList.remove("not-live");
    if (notice) notice.hidden = true;
    for (const el of document.querySelectorAll("[data-checked]")) el.textContent = clock(last);
  };
  const judge = () => {
    if (document.hidden || Date.now() - last < silence) return;
    body.classList.add("not-live");
    if (!notice) return;
    notice.querySelector("time").textContent = clock(last);
    notice.hidden = false;
  };

  document.addEventListener("htmx:sseOpen", (event) => {
    source = event.detail.source;
    source.addEventListener("beat", alive);
    alive();
  });
  document.addEventListener("htmx:sseMessage", alive);
  setInterval(judge, 1000);

  // A hidden page needs no stream; browsers allow only six to one host.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source?.close();
    } else if (source?.readyState === EventSource.CLOSED) {
      last = Date.now();
      source.onerror(new Event("error")); // the extension connects again
    }
  });
  // A page that comes back out of the browser's memory is an old picture.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
