// Package cards makes keepalived.conf from an intention: two nodes and one address, a pair
// for NAT, a web farm, a proxy, a mail or database port. A card asks a few questions;
// Write appends what the answers come to to a text and leaves every byte of it as it is.
// The same answers on the same host always give the same text, whoever asks: page, API or
// command. The package reads no file and listens to no network: what is known of the host
// and of its links is handed in.
package cards
