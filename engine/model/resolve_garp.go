package model

// garp is what instances take from above: with vrrp_min_garp one round, and no second
// block, where nothing else is written.
func (g *Global) garp() Garp {
	above := g.Garp
	if !g.MinGarp.Val {
		return above
	}
	if !above.MasterRepeat.Written {
		above.MasterRepeat = Some(1)
	}
	if !above.MasterDelay.Written {
		above.MasterDelay = Some(Seconds(0))
	}
	return above
}

// inheritGarp takes what is not written from above, and what is written nowhere
// from keepalived's defaults. A repeat of 0 is 1.
func inheritGarp(g, above Garp) Garp {
	none := readDefaults().global.Garp
	if !inheritOpt(&g.MasterDelay, above.MasterDelay) {
		g.MasterDelay.Val = none.MasterDelay.Val
	}
	if !inheritOpt(&g.MasterRepeat, above.MasterRepeat) {
		g.MasterRepeat.Val = none.MasterRepeat.Val
	}
	g.MasterRepeat.Val = max(g.MasterRepeat.Val, 1)
	if !inheritOpt(&g.LowerPrioDelay, above.LowerPrioDelay) {
		g.LowerPrioDelay.Val = g.MasterDelay.Val
	}
	if !inheritOpt(&g.LowerPrioRepeat, above.LowerPrioRepeat) {
		g.LowerPrioRepeat.Val = g.MasterRepeat.Val
	}
	if !inheritOpt(&g.MasterRefresh, above.MasterRefresh) {
		g.MasterRefresh.Val = none.MasterRefresh.Val
	}
	if !inheritOpt(&g.MasterRefreshRepeat, above.MasterRefreshRepeat) {
		g.MasterRefreshRepeat.Val = none.MasterRefreshRepeat.Val
	}
	g.MasterRefreshRepeat.Val = max(g.MasterRefreshRepeat.Val, 1)
	return g
}
