// Package page draws the console: one file per page with its handler beside its
// templates. Every page works without script and in both languages; what is
// live is the same fragment drawn again. It decides nothing: each handler reads,
// calls one function of another package, and writes; the role that a page asks for
// stands in access.
package page
