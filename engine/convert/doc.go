// Package convert makes texts out of texts: one piece of a text and the files that
// it includes, one text of the files of a pair, and what an older keepalived reads.
// Its answers are codes and values; the files are handed in. Inline, Pair and Older are
// its questions, and Match is what a comparison of two texts shares with them.
package convert
