// Package tutorial is the example that Holdfast was asked for: the two
// configurations and the notify script of the tutorial's direct-routing pair.
package tutorial
