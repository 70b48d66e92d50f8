// Package why tells why an instance is in its role: one sentence with what it was made
// of, the sum that its priority is, and what each tracked thing could change, also where
// nothing would move. It decides nothing and reads no clock.
package why
