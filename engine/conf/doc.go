// Package conf reads keepalived.conf as text: words, blocks, comments, blank
// lines, and where each stands. A tree prints back byte for byte, and says what
// is wrong with its braces and quotes; a text is also read statement by
// statement, in the memory of its largest one. Includes, definitions and generators
// are carried out on request, from files that the caller hands in. An edit of a
// Draft changes one word, line or block and keeps every other byte, or is refused
// with a reason; forms and the objects of the API are to stand on it. The package knows no directive and never looks at the host.
package conf
