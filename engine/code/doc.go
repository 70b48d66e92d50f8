// Package code names each code that the engine says: what holds a wish back, what an
// operator should know once, and why something is as it is. A code is data; its
// sentences are in assets, under "held.CODE", "notice.CODE" and "reason.CODE", in
// every language. A code has one constant, and stands nowhere else as a text.
package code
