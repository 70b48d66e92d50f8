// Package arch keeps the house in its shape: which room may import which, what
// pure packages may not touch, which outside library has which door. Each ban
// has its reason. It holds tests only.
package arch
