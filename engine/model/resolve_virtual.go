package model

import "slices"

func resolveVirtuals(virtuals []Virtual, g *Global) []Virtual {
	kept := make([]Virtual, 0, len(virtuals))
	for _, v := range virtuals {
		if len(v.Servers) == 0 {
			continue
		}
		resolveVirtual(&v, g)
		kept = append(kept, v)
	}
	return slices.Clip(kept)
}

func resolveVirtual(v *Virtual, g *Global) {
	written := *v
	none := readDefaults()
	inherit(&v.Protocol, none.virtual.Protocol.Val)
	inherit(&v.Method, none.virtual.Method.Val)
	inherit(&v.Weight, none.virtual.Weight.Val)
	inherit(&v.Inhibit, false)
	if v.Granularity.Written || v.Port == 0 {
		// Both make no sense without persistence; keepalived switches it on.
		inherit(&v.Persistence, none.persists)
	}
	inherit(&v.Quorum, none.virtual.Quorum.Val)
	v.Quorum.Val = min(v.Quorum.Val, v.totalWeight())
	v.Hysteresis.Val = max(0, min(v.Hysteresis.Val, v.Quorum.Val-1))
	inherit(&v.SorryMethod, v.Method.Val)
	if v.Sorry.Written && (v.Sorry.Val.Port == 0 || v.SorryMethod.Val != NAT) {
		v.Sorry.Val.Port = v.Port
	}
	inheritOpt(&v.SMTPAlert, g.SMTPAlertChecker, g.SMTPAlert)
	user(&v.QuorumUp, g)
	user(&v.QuorumDown, g)
	v.Servers = slices.Clone(v.Servers)
	for i := range v.Servers {
		resolveReal(&v.Servers[i], &written, v, g)
	}
	resolveTiming(&v.Timing, none.virtual.Timing)
}

// resolveReal takes from the virtual server as written what checks inherit, and
// from the resolved one the rest.
func resolveReal(r *Real, written, v *Virtual, g *Global) {
	asked := r.Port // a check asks the port that is written, whichever the kernel is told
	if r.Port == 0 || r.Method.Or(v.Method.Val) != NAT && v.Port != 0 {
		r.Port = v.Port
	}
	inherit(&r.Method, v.Method.Val)
	inherit(&r.Weight, v.Weight.Val)
	inherit(&r.Inhibit, v.Inhibit.Val)
	inherit(&r.Alpha, v.Alpha)
	if !inheritOpt(&r.SMTPAlert, g.SMTPAlertChecker, g.SMTPAlert) {
		r.SMTPAlert.Val = true
	}
	user(&r.NotifyUp, g)
	user(&r.NotifyDown, g)
	above := over(r.Timing, written.Timing)
	host := r.VirtualHost
	inheritOpt(&host, written.VirtualHost)
	r.Checks = slices.Clone(r.Checks)
	for i := range r.Checks {
		resolveCheck(&r.Checks[i], r, asked, above, g)
		for j := range r.Checks[i].URLs {
			u := &r.Checks[i].URLs[j]
			inheritOpt(&u.VirtualHost, r.Checks[i].VirtualHost)
			if u.VirtualHost.Val == "" {
				u.VirtualHost.Val = host.Val
			}
		}
		if r.Checks[i].VirtualHost.Val == "" {
			r.Checks[i].VirtualHost.Val = host.Val
		}
	}
	r.VirtualHost.Val = host.Val
	r.Timing = withDefaults(r.Timing, above)
}

func resolveCheck(c *Check, r *Real, asked uint16, above Timing, g *Global) {
	inherit(&c.Alpha, r.Alpha.Val)
	if asked == 0 {
		asked = r.Port // keepalived asks port 0, in vain
	}
	c.Target = Endpoint{Addr: c.ConnectIP.Or(r.Addr), Port: c.ConnectPort.Or(asked)}
	c.ConnectIP.Val, c.ConnectPort.Val = c.Target.Addr, c.Target.Port
	c.URLs = slices.Clone(c.URLs)
	t := over(c.Timing, above)
	d := readDefaults().checks[c.Kind]
	if c.Kind == DNSCheck {
		d.DelayBeforeRetry.Val = t.DelayLoop.Or(d.DelayLoop.Val)
	}
	d.Warmup.Val = t.DelayLoop.Or(d.DelayLoop.Val)
	own := c.Timing
	c.Timing = t
	resolveTiming(&c.Timing, d)
	keepWritten(&c.Timing, own)
	inherit(&c.MiscTimeout, c.Timing.DelayLoop.Val)
	user(&c.Command, g)
}

// over is t with the gaps taken from above; what came from above counts as written.
func over(t, above Timing) Timing {
	pick(&t.DelayLoop, above.DelayLoop)
	pick(&t.ConnectTimeout, above.ConnectTimeout)
	pick(&t.Retry, above.Retry)
	pick(&t.DelayBeforeRetry, above.DelayBeforeRetry)
	pick(&t.Warmup, above.Warmup)
	return t
}

func pick[T any](o *Opt[T], above Opt[T]) {
	if !o.Written {
		*o = above
	}
}

// resolveTiming gives every unwritten value its default.
func resolveTiming(t *Timing, d Timing) {
	inherit(&t.DelayLoop, d.DelayLoop.Val)
	inherit(&t.ConnectTimeout, d.ConnectTimeout.Val)
	inherit(&t.Retry, d.Retry.Val)
	inherit(&t.DelayBeforeRetry, d.DelayBeforeRetry.Val)
	if !t.Warmup.Written && t.DelayLoop.Written {
		d.Warmup.Val = t.DelayLoop.Val
	}
	inherit(&t.Warmup, d.Warmup.Val)
}

// withDefaults resolves t, whose gaps are filled from above.
func withDefaults(t, above Timing) Timing {
	own := t
	t = above
	resolveTiming(&t, readDefaults().virtual.Timing)
	keepWritten(&t, own)
	return t
}

// keepWritten marks as written only what own had written.
func keepWritten(t *Timing, own Timing) {
	t.DelayLoop.Written = own.DelayLoop.Written
	t.ConnectTimeout.Written = own.ConnectTimeout.Written
	t.Retry.Written = own.Retry.Written
	t.DelayBeforeRetry.Written = own.DelayBeforeRetry.Written
	t.Warmup.Written = own.Warmup.Written
}
