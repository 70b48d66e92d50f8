// Keys: "g" and a letter goes to a page, "/" to the search field, Escape back
// from a detail page. None of them works while a field has the focus, and only
// Escape where the reader has switched them off.
const pages = { o: "overview", v: "vips", s: "services", c: "changes", e: "events", y: "system" };

export function startKeys() {
  let goes = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "Escape") {
      const open = document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else {
        document.querySelector("[data-back]")?.click();
      }
      return;
    }
    if (document.body.dataset.keys === "off") return;
    if (event.key === "/") {
      const search = document.querySelector("[role=search] input");
      if (search) {
        event.preventDefault();
        search.focus();
      }
      return;
    }
    if (event.key === "g") {
      goes = Date.now();
      return;
    }
    const page = pages[event.key];
    if (page && Date.now() - goes < 1500) document.querySelector(`[data-nav="${page}"]`)?.click();
    goes = 0;
  });
  // A click elsewhere closes an open menu.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}
