// Package plan holds the kernel's words as values (address, service,
// destination, macvlan, setting of a link), the difference between two states of the kernel, and the
// ordered operations that lead from one to the other. Each operation prints as
// the ip, sysctl or ipvsadm line that an operator would type. It touches no kernel.
package plan
