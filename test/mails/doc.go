// Package mails lets a pair of directors go through every kind of transition
// and compares what a real mail server got with what the journals tell. It holds
// tests only.
package mails
