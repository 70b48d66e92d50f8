// Package kernel is the only door to the kernel: addresses, links, routes and rules over
// route netlink, VRRP, ARP and neighbour advertisements over raw sockets, IPVS over generic netlink, and
// what is dropped over nftables. It carries out the operations of package plan and reads back what is there; it
// decides nothing, and touches nothing that a plan does not name. Twin is the
// same door onto a kernel in memory and passes the same tests.
package kernel
