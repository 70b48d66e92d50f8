// Demo builds the tutorial's pair for a person to look at: two directors, two
// web servers, a client and a mail server, each a network namespace, with the
// consoles of both directors at http://127.0.0.1:8080 and :8081. Where the
// kernel has no IPVS, all of it stands in a guest that has, and the browser's
// connections are carried over the guest's serial line. Ctrl-C takes it away.
//
//	browser ── listener ── mux ══ serial line ══ mux ── director's console
//	terminal ──────────────┘                      └──── what to break
package main
