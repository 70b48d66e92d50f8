// Package auth decides who is at the door: the one-time setup link, accounts and
// their passwords, log-in with increasing delay, sessions by cookie, and what a
// role may do. A password is never kept, a token only as a hash, and an unknown
// user costs and reads the same as a wrong password.
package auth
