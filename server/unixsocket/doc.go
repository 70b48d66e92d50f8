// Package unixsocket listens for the console at an address or, where that is written
// unix:PATH, at a path, for a proxy on this host that stands before it. It replaces a
// socket that nobody listens at, and no other file.
package unixsocket
