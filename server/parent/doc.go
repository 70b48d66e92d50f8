// Package parent starts the roles as processes, the table before the router and
// the readers last, and keeps them running: it gives the vrrp role its real-time
// priority and the web role its lack of privileges, starts the dead again, takes
// a role off a text that kills it, kills one that gives no sign, releases what a
// role that stays away left behind, and hands on or releases everything at the end.
// It is asked by signals and at its control socket; signals that ask for a report go
// on to the roles. As the first process of a container it waits for what scripts
// leave behind. What only a reader lacks never holds up the engine: it is prepared
// again until it is there. It never touches the kernel's tables, a database or a page
// itself.
package parent
