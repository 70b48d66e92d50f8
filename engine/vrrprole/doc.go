// Package vrrprole is the vrrp role: one loop that owns the virtual routers and
// decides through engine/vrrp, and one writer that puts addresses and gratuitous
// ARP on the links. It promises that an address of ours is named in the manifest
// before it is in the kernel, and that no slow kernel, script or reader delays an
// advert. It knows nothing of IPVS.
package vrrprole
