//go:build race

package main

// instrumented is how much more work and memory the race detector may make of it.
const instrumented = 3
