// Package control is the engine's local HTTP API on a unix socket, one per role
// (RUN/vrrp.sock, RUN/lvs.sock): the types on the wire, the server half and the
// client half. Peers are let in by their credentials (root, or the web role's
// user). It decides nothing: each request is handed to the role.
//
//	GET  /status                    Status
//	POST /plan     Text             Planned: what applying this text would do now
//	POST /apply    ApplyRequest     Planned, after it was done; the text alone as text/plain will do
//	POST /confirm  ConfirmRequest   keep what was applied
//	POST /revert   ConfirmRequest   take it back now
//	POST /fallback FallRequest      the other role died on this text: go back too (root alone)
//	GET  /adverts                   Adverts: every router that is heard (vrrp role)
//	GET  /forwarding?virtual=V      Forwarding: how packets of a service reach its servers (lvs role)
//	POST /verify   VerifyRequest    Verified: whether they are ready for that (lvs role)
//	GET  /config                    the running text (text/plain, ETag: its hash)
//	GET  /journal?after=N           a stream of journal.Entry, one JSON per line; never ends
//	POST /stop     StopRequest      release or hand off, then the role ends
//
// The parent has a socket, too (RUN/parent.sock), for root and its own user alone:
//
//	POST /stop     StopRequest      every role releases or hands off, then all end
package control
