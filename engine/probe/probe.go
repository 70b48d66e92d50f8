package probe

import (
	"context"
	"fmt"
	"sync"
	"time"

	"holdfast/engine/model"
)

// Result is what a probe found. Code and Args are for programs, Text says the
// same shortly in the words of the protocol, e.g. "HTTP 503, 12 ms".
type Result struct {
	Up     bool
	Code   string // ok, refused, timeout, unreachable, status, digest, ...
	Args   map[string]string
	Text   string
	Took   time.Duration
	Weight model.Opt[int] // the weight that a misc_dynamic program asks for
	NotRun error          // why the program could not be run: Up is no word of the server; nil: it ran

	answered bool          // the server had its say: how long it took is worth telling
	parting  time.Duration // of the time it took: until the server had closed
}

// Exit is how a program ended.
type Exit struct {
	Code     int
	Signal   string // name of the signal that ended it, else empty
	TimedOut bool
	Err      error // it could not be run at all
}

// Program runs a check program and waits for its end, or for limit.
type Program func(ctx context.Context, c model.Command, limit time.Duration) Exit

// Prober runs probes; many at once may use one.
type Prober struct {
	// Program runs the programs of MISC_CHECK.
	Program Program
	// Credentials are what SSL_GET shows to a server that asks who it is.
	Credentials Credentials

	patterns patterns
	closings closings
	olds     sync.Map // netip.AddrPort of servers that take the suites of oldTLS only
}

// kinds has a row for each kind of check: what runs it.
var kinds = map[model.Kind]func(*Prober, context.Context, model.Check) Result{
	model.TCPCheck:  (*Prober).tcp,
	model.HTTPGet:   (*Prober).http,
	model.SSLGet:    (*Prober).http,
	model.SMTPCheck: (*Prober).smtp,
	model.DNSCheck:  (*Prober).dns,
	model.MiscCheck: (*Prober).misc,
	model.UDPCheck:  (*Prober).udp,
	model.PingCheck: (*Prober).ping,
}

// Run probes once, as c (resolved) says. It blocks until the result is known or
// ctx ends, which counts as a failure.
func (p *Prober) Run(ctx context.Context, c model.Check) Result {
	run, known := kinds[c.Kind]
	if !known {
		return Result{Code: "unknown-kind", Text: fmt.Sprintf("unknown kind of check %s", c.Kind)}
	}
	start := time.Now()
	r := run(p, ctx, c)
	r.Took = time.Since(start) - r.parting
	if r.answered {
		r.Text += ", " + brief(r.Took)
	}
	return r
}
