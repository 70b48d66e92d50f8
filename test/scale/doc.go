// Package scale changes one thing in a large table and counts, in the kernel
// and on the wire, what it cost. It needs IPVS and so runs in the guest. It
// holds tests only.
package scale
