// Package convert makes texts out of texts: one piece of a text and the files that
// it includes, one text of the files of a pair, and what an older keepalived reads.
// What it has to say is codes and values; the files are handed in, and it says no
// word to a reader. Inline and Pair are its two questions.
package convert
