package vrrprole

import (
	"cmp"
	"slices"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/forecast"
)

// forecast is what would become of the addresses; next are the teams as they are right
// after the text was applied.
func (v snapshot) forecast(next []*team) (list []control.Forecast) {
	in := forecast.Input{Now: v.at, Heard: v.heard}
	stays := map[routerKey]bool{}
	for _, t := range next {
		team := forecast.Team{Group: t.group != nil, Core: t.core}
		for _, r := range t.routers {
			stays[r.key] = true
			one := forecast.Router{Name: r.cfg.Name, Link: r.socket().link, State: r.state, Wire: r.wire}
			if now, runs := v.routers[r.key]; runs {
				one.Was = forecast.Was{Runs: true, Role: now.state.Role, Since: now.state.Since, Priority: now.state.Priority, Wire: now.wire}
			}
			team.Routers = append(team.Routers, one)
		}
		in.Teams = append(in.Teams, team)
	}
	for key, r := range v.routers {
		if !stays[key] {
			in.Gone = append(in.Gone, forecast.Router{Name: r.name, Link: r.link, State: r.state, Wire: r.wire,
				Was: forecast.Was{Runs: true, Role: r.state.Role, Since: r.state.Since, Wire: r.wire}})
		}
	}
	slices.SortFunc(in.Gone, func(a, b forecast.Router) int { return cmp.Compare(a.Name, b.Name) })
	for _, o := range forecast.Of(in) {
		list = append(list, forecastStatus(o))
	}
	return list
}

// severities are how grave what is foretold is; all else is for information.
var severities = map[string]string{
	code.ForecastTwo: "error", code.ForecastMayBeTwo: "warning", code.ForecastMayYield: "warning", code.ForecastLeaves: "warning", code.ForecastFault: "warning",
	code.ForecastKeeps: "warning", code.ForecastOwns: "warning",
}

func forecastStatus(o forecast.Outcome) control.Forecast {
	f := control.Forecast{Object: o.Name, Code: o.Code, Severity: cmp.Or(severities[o.Code], "info"), Cause: o.Cause, VRID: o.VRID, Priority: o.Priority, Own: o.Own,
		In: o.In, Last: o.Last, Addresses: []string{}, Here: o.Here}
	if o.From.IsValid() {
		f.From = o.From.String()
	}
	for _, ip := range o.Addrs {
		f.Addresses = append(f.Addresses, ip.String())
	}
	for _, ip := range o.There {
		f.There = append(f.There, ip.String())
	}
	return f
}
