// Package conf reads keepalived.conf as text: words, blocks, comments, blank
// lines, and where each stands. A tree prints back byte for byte, and says what
// is wrong with its braces and quotes. It knows no directive, follows no include,
// and never looks at the host.
package conf
