// Package schedule says what is due when: a hashed wheel of keys and instants.
// A key has one instant at most, setting it again moves it, and a key is never
// handed out before its instant, nor later than one tick after it. It is a plain
// data structure: the clock is an argument, nothing runs by itself, and its
// memory is some 20 bytes per key. It is not safe for concurrent use.
package schedule
