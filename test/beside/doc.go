// Package beside gives keepalived and Holdfast the same file, each on a host of its
// own in the guest, and holds what the kernel has there against each other: the table
// of IPVS, the daemons that copy connections and the timeouts, read over netlink. Each
// file of testdata is a story: texts that the program starts with, then reloads. All
// options of servers are one file, a virtual server each; in a world of servers that come
// and go what FIFOs and scripts are told is compared, too.
package beside
