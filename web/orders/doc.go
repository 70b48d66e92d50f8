// Package orders has a real server drained, switched off, weighed otherwise or brought
// back, for pages and API alike. The lvs role carries an order out; the audit says who
// gave it.
package orders
