// Package rights is what a role of the engine may do as root. A role that the parent
// starts has the capabilities of its table and no more; what it executes as root, a
// program of the configuration or modprobe, has all that root has, as under keepalived:
// such a program may mount a disk or load a module. A role therefore cannot have
// no_new_privs, which would bind its programs too, sudo among them. What is left to
// somebody who takes a role over is to execute something; all else is refused.
package rights
