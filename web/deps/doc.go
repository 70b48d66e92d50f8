// Package deps holds what pages and API are both given to work with. It makes
// nothing: the console is wired in web.
package deps
