package plan

import "strconv"

// Errno is the kernel's answer to an operation that it refuses, by its number.
type Errno uint8

// The answers With gives (asm-generic/errno.h).
const (
	ENOENT        Errno = 2  // no such destination
	ESRCH         Errno = 3  // no such service
	EEXIST        Errno = 17 // it is there already
	ENODEV        Errno = 19 // no such link
	EINVAL        Errno = 22
	ERANGE        Errno = 34
	EOPNOTSUPP    Errno = 95 // no such verb
	EADDRNOTAVAIL Errno = 99 // no such address
)

func (e Errno) Error() string { return "errno " + strconv.Itoa(int(e)) }
