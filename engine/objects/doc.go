// Package objects reads and changes one object of keepalived.conf: a virtual router,
// a sync group, a service, a real server, a check, a script, or what holds for all of
// them. An object has an id that stays when its neighbours change, and is a list of
// directives as the table of package model declares them. A change gives a new text in
// which every byte outside the changed words, lines and blocks is as it was; the error
// is a *Fault, or a *conf.Refusal where the text cannot be changed in place. The
// package reads no file and checks no values: the findings of the new text do.
package objects
