// Package access holds the rights: one table of every address of the console, pages
// and API alike, with the least role each of them asks for. Guard
// refuses by that table before anything of a request's body is read; an address
// that has no row is refused to everybody, and Compare names it before the
// console is served.
package access
