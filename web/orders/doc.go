// Package orders has a real server drained, switched off, weighed otherwise or brought
// back, and addresses handed over, for pages and API alike. The lvs role carries an order
// about a server out, the vrrp role one about addresses; the audit says who gave it.
package orders
