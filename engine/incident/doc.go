// Package incident finds what is wrong between the routers of a pair, from what an
// instance here is and what is heard: two masters, no master, addresses that differ, a
// wrong password, version or interval, a number that others use, an advert of ours that
// comes back, and that no backup is known. An incident carries its evidence and a likely
// cause, and is there as long as it is true: nothing is remembered. It reads no clock.
package incident
