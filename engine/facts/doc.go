// Package facts looks at what this host offers a text: the file itself, what it
// includes, the environment, programs, accounts and networks. What it finds is
// values and codes; it changes nothing, and says no word to a reader.
package facts
