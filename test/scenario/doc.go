// Package scenario plays the tutorial's example from start to end: two
// directors in front of two web servers, by direct routing, with a check
// script, notify scripts and mails. It needs IPVS in the kernel and so runs in
// the guest. It holds tests only.
package scenario
