// Package auth decides who a request comes from: the one-time setup link, accounts
// and their passwords, log-in with increasing delay, and sessions by cookie. What a
// role may do stands in access. A password is never kept, a token only as a hash,
// and an unknown user costs and reads the same as a wrong password.
package auth
