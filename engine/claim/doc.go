// Package claim makes a process the only one for a name: a virtual router on an
// interface, a directory. A claim is a listening socket in the abstract namespace of
// the network namespace, so it ends with its process however that ends, leaves
// nothing behind, and does not depend on a file that somebody may remove. Asking for a
// claim that is taken gives the process that has it. It never ends a process, and a
// claim of another user counts for nothing.
package claim
