// Package startup runs the programs that startup_script and shutdown_script of global_defs
// name, as the applied text says it: the first before the processes of a new run start, the
// second after they released all. The parent starts a process of this package for each, and
// neither a program that fails nor one whose time is over keeps the parent from going on. It
// decides nothing about when: that is the parent's.
package startup
