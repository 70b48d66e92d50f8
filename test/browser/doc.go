// Package browser walks through the console with a real Chromium, on a real
// engine in a lab: what an operator does on the first day, step by step, with a
// picture of each step in .cache/browser. It needs root and Chromium.
package browser
