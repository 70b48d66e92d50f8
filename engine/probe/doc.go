// Package probe asks a server whether it does its work: one file per kind of
// check, each a function of a context and the declaration. A probe always ends
// within its time limits, leaves no connection behind, follows no redirect and
// keeps nothing from one run to the next but buffers. It decides nothing: how
// many failures make a server fail is engine/lvs.
package probe
