package lvsrole

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/kernel"
	"holdfast/engine/verify"
)

// Bounds of a verification: how many questions one may have, how many are asked at the
// same time, and how long the answers to one round of a question are waited for.
const (
	mostQuestions   = 1024
	questionsAtOnce = 16
	round           = 250 * time.Millisecond
)

// Ports of questions are above those that the kernel gives to connections of its own.
const (
	firstPort = 61000
	portRoom  = (65536 - firstPort) / verify.Ports
)

// Verify asks the real servers of a virtual server, or one of them, whether they are ready
// for its packets. One verification runs at a time.
func (r *role) Verify(ctx context.Context, req control.VerifyRequest) (control.Verified, error) {
	if !r.verifying.TryLock() {
		return control.Verified{}, &control.Problem{Code: control.Busy, Message: "another verification is under way"}
	}
	defer r.verifying.Unlock()
	type questions struct {
		name string
		list []asking
	}
	q, err := query(ctx, r, func(l *loop, reply func(questions, error)) {
		v, err := l.service(req.Virtual)
		if err != nil {
			reply(questions{}, err)
			return
		}
		list := v.askings(req.Server)
		switch {
		case req.Server != "" && v.at(req.Server) < 0:
			err = &control.Problem{Code: control.NotFound, Message: fmt.Sprintf("service %s has no server %s", v.name, req.Server), Args: map[string]string{"virtual": v.name, "server": req.Server}}
		case len(list) == 0:
			err = &control.Problem{Code: control.Invalid, Message: fmt.Sprintf("%s has no server that is reached at the address of the service by direct routing or a tunnel: there is nothing to verify", v.name), Args: map[string]string{"verify": v.name}}
		case len(list) > mostQuestions:
			err = &control.Problem{Code: control.Invalid, Message: fmt.Sprintf("%s has %d servers and addresses to verify, and %d are verified at a time: name a server", v.name, len(list), mostQuestions), Args: map[string]string{"verify": v.name}}
		}
		reply(questions{v.name, list}, err)
	})
	if err != nil {
		return control.Verified{}, err
	}
	var wg sync.WaitGroup
	free, began := make(chan struct{}, questionsAtOnce), rand.IntN(portRoom)
	for i := range q.list {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			wg.Wait()
			return control.Verified{}, ctx.Err()
		}
		wg.Go(func() {
			defer func() { <-free }()
			a := &q.list[i]
			a.target.Port = firstPort + uint16((began+i)%portRoom*verify.Ports)
			a.ask(ctx)
		})
	}
	wg.Wait()
	out := control.Verified{Virtual: q.name, List: make([]control.Verdict, 0, len(q.list))}
	for _, a := range q.list {
		out.List = append(out.List, a.verdict)
	}
	return out, ctx.Err()
}

// ask asks, in the network namespace of the calling thread, and leaves the verdict in a.
func (a *asking) ask(ctx context.Context) {
	hop, err := kernel.HopTo(a.target.Server)
	if err == nil {
		a.verdict.Link = hop.Link
		a.verdict.Code = a.along(hop)
	}
	if err != nil {
		a.verdict.Code, a.verdict.Reason = code.ServerUnreachable, err.Error()
	} else if a.verdict.Code == "" {
		err = a.exchange(ctx, hop.Link)
	}
	if err != nil {
		a.verdict.Code, a.verdict.Reason = code.ServerUnreachable, err.Error()
	}
	a.verdict.Good = slices.Contains([]string{code.Ready, code.AddressThere, code.ServerIsHere}, a.verdict.Code)
}

// along has the questions go the way that the kernel found; the code says why none is asked.
func (a *asking) along(hop kernel.Hop) string {
	t := &a.target
	if hop.Here {
		return code.ServerIsHere
	}
	if t.Next = hop.Next; t.Next != t.Server && !t.Tunnel {
		return code.BehindRouter
	}
	if len(hop.MAC) != 6 {
		return code.NotEthernet
	}
	t.MAC = verify.MAC(hop.MAC)
	// In the name of the service the kernel would take the answers for its own.
	own := func(of netip.Addr) netip.Addr {
		i := slices.IndexFunc(hop.Sources, func(s netip.Addr) bool { return s.Is6() == of.Is6() && s != t.Service.Addr() })
		if i < 0 {
			return netip.Addr{}
		}
		return hop.Sources[i]
	}
	t.Source, t.Inner = own(t.Server), own(t.Service.Addr())
	if !t.Source.IsValid() || !t.Inner.IsValid() || t.Next.Is6() != t.Server.Is6() {
		return code.NoSourceAddress
	}
	return ""
}

// exchange sends the questions and takes the answers.
func (a *asking) exchange(ctx context.Context, link string) error {
	frames, err := kernel.OpenFrames(link, a.target.Port, verify.Ports)
	if err != nil {
		return err
	}
	defer frames.Close()
	p, buf := verify.New(a.target), make([]byte, 1<<16)
	send := func(list [][]byte) {
		for _, f := range list {
			if err == nil {
				err = frames.Send(f)
			}
		}
	}
	for err == nil && ctx.Err() == nil && !p.Done() {
		send(p.Frames())
		for until := time.Now().Add(round); err == nil && ctx.Err() == nil; {
			var frame []byte
			if frame, err = frames.Receive(buf, until); frame == nil {
				break
			}
			send(p.Take(frame))
			if p.Settled() {
				break
			}
		}
	}
	v := p.Verdict()
	a.verdict.Code = v.Code
	if v.MAC != nil {
		a.verdict.MAC = net.HardwareAddr(v.MAC[:]).String()
	}
	for _, m := range v.Others {
		a.verdict.Others = append(a.verdict.Others, net.HardwareAddr(m[:]).String())
	}
	return err
}
