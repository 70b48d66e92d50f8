// Package model gives keepalived.conf its meaning: it turns the tree of package
// conf into a Config, and a Config into text, by one table that is read from the
// struct tags of the Config types and the tables of kept words. JSON and its
// schema come from the same. It resolves inheritance and defaults, and
// reports what it finds as data, and names every word that differs between two
// configurations. It never reads a file, a clock or the host.
package model
