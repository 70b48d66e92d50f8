// Package journal says what happened, one numbered entry each, and keeps the
// entries in a bounded ring until they are read. It makes no sentences: an entry
// is a kind and facts, worded when it is read. Log is the journal of one role on
// disk: it takes entries without ever waiting, and no reader knows a number that a
// crash would give out again.
package journal
