// Package pattern reads a regular expression as keepalived's library (PCRE2 10.42)
// reads it, with that library's options, and matches it with the engines of Go: the
// one of package regexp, which is never slow, and regexp2 where look-around, back
// references and the like are asked for.
//
// A pattern is read once, construct by construct, and written anew so that both
// engines mean by it what PCRE2 means: without utf a pattern sees bytes, \w and its
// kin are ASCII, $ stands before a last line feed, too. What neither engine has
// (recursion, verbs, branch reset) is an error that names it, never another meaning.
//
// Known differences, of what keepalived refuses: a look-behind may have any length,
// and bytes that are no UTF-8 count as U+FFFD with utf.
package pattern
