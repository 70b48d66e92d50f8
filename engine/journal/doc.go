// Package journal says what happened, one numbered entry each, and keeps the
// entries in a bounded ring until they are read. It makes no sentences: an entry
// is a kind and facts, worded when it is read.
package journal
