// Copies the few third-party files the console serves from node_modules into
// vendor/, and writes their SHA-256 sums beside them. Run after
// `npm ci --ignore-scripts`; a test compares the sums with the files.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const files = {
  "htmx.min.js": "htmx.org/dist/htmx.min.js",
  "htmx-sse.min.js": "htmx-ext-sse/dist/sse.min.js",
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
  "LICENSE.htmx": "htmx.org/LICENSE",
  "LICENSE.htmx-sse": "htmx-ext-sse/LICENSE",
  "LICENSE.idiomorph": "idiomorph/LICENSE",
};

const here = new URL(".", import.meta.url);
mkdirSync(new URL("vendor/", here), { recursive: true });

let sums = "";
for (const [name, source] of Object.entries(files)) {
  const bytes = readFileSync(new URL(`node_modules/${source}`, here));
  writeFileSync(new URL(`vendor/${name}`, here), bytes);
  sums += `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
}
writeFileSync(new URL("vendor/SHA256SUMS", here), sums);
