// Package unixsocket listens at a path in place of an address, for a proxy on this host
// that stands before the console. It replaces a socket that nobody listens at, and no
// other file.
package unixsocket
