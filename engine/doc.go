// Package engine is the two loops: the vrrp role, which keeps addresses, and the
// lvs role, which keeps the IPVS table. Each role is one loop that decides and
// one hand that acts. It is the only place with goroutines in plural, and it
// never imports web, store or server: it runs without a database.
package engine
