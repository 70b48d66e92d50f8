// The console's own script. Every page works without it: it keeps times and
// countdowns moving, says when the live stream is lost, numbers the lines of the
// editor, and adds keys. It never decides what a page shows.
import { startTimes } from "./times.js";
import { startLive } from "./live.js";
import { startEditor } from "./editor.js";
import { startKeys } from "./keys.js";

startTimes();
startLive();
startEditor();
startKeys();
