// Package mail brings the journal to the operator's mailbox: it reads the
// roles' journals into the store, puts a mail per entry and recipient into the
// outbox in the same transaction, and sends what is due. Nothing waits for it,
// and nothing is lost by a crash: what was begun is sent again under the same
// Message-ID. It never talks to the kernel and never changes a configuration.
//
//	role sockets ──▶ Collector ──▶ journal and outbox ──▶ Sender ──▶ mail server
//	                     └──▶ Entries (browsers)
//
// Run is all of it over a store. The web process runs it beside web.Run with
// Stored set, and gives web the other end of Entries and Test
// (web.Options.TestMail); `holdfast run` runs RunRole in a process of its own.
package mail
