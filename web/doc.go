// Package web serves the console: the pages, the REST API under /api/v1 and the
// event stream, over one gin engine with one set of headers. It talks to the
// engine only through the roles' control sockets and keeps what must last only
// in the store. Nothing that keeps an address alive waits for it or needs it.
package web
