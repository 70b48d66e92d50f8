// Package lab builds small networks out of network namespaces: a switch, and
// nodes on it by a cable each, in which programs run, servers answer, and the
// wire and the kernel are watched. It needs root. Every lab has names of its
// own, so several stand side by side; when its owner ends, fails or is
// interrupted, the lab and every process in it are gone. It never touches the
// machine's own interfaces and never ends a process it did not start.
//
//	        sw: br0, a port for each node
//	d1 .31   d2 .32   r1 .33   r2 .34   c .10
package lab
