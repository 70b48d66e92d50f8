// Package convert makes texts out of texts: one piece of a text and the files that
// it includes, one text of the files of a pair, what an older keepalived reads, and one
// text of two changes of a text. Its answers are codes and values; the files are handed
// in. Inline, Pair, Older and Merge3 are its questions; Match and MatchLines are what a
// comparison of two texts shares with them.
package convert
