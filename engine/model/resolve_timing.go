package model

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
