// Package engine is the two loops: the vrrp role, which keeps addresses, and the
// lvs role, which keeps the IPVS table. Each role is one loop that decides and
// one hand that acts; Serve is the shell that both stand in, with the baton, the
// applied text, the journal and the control socket. It is the only place with
// goroutines in plural, and it never imports web, store or server: it runs
// without a database.
package engine
