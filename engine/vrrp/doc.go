// Package vrrp decides what a virtual router does: election, preemption, sync
// groups, tracking, and the advertisement on the wire (VRRP version 2, RFC 3768,
// with keepalived's habits where they differ). Step is a pure function from a
// state, an event and an instant to a new state and an ordered list of effects.
// It never reads a clock, opens a socket, starts a goroutine or writes a log.
package vrrp
