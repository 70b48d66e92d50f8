// Package fault is the one vocabulary of what can go wrong in the console: a
// stable code, the arguments of its sentence, and the HTTP status of each code.
// Pages and API both show a fault through it; the words are "ui.fault.CODE".
package fault
