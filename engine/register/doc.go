// Package register keeps what was heard of each router on our links: the last advert of
// every sender, whether its virtual router is configured here or not, and since when and
// how often it was heard. It is bounded, so that forged senders fill no memory, and
// forgets who was silent for an hour. It judges no advert, reads no clock and opens no
// socket; it is not safe for several goroutines.
package register
