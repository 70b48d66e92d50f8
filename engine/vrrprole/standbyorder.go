package vrrprole

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/forecast"
	"holdfast/engine/journal"
	"holdfast/engine/vrrp"
)

// standbyWait is a caller that waits for what comes of a request.
type standbyWait struct {
	teams    []string
	idle     map[string]bool // those of teams that were no masters
	ended    bool            // the request ended something: nothing is waited for
	until    time.Time
	forecast []control.Forecast
	reply    func(control.StoodBy, error)
}

const (
	longestStandbyWait = time.Minute
	maxWords           = 1000                 // bytes of an owner and of a reason
	maxHandOver        = 366 * 24 * time.Hour // that a hand-over lasts
)

// Standby has others take over, or ends that.
func (r *role) Standby(ctx context.Context, req control.StandbyRequest) (control.StoodBy, error) {
	return query(ctx, r, func(l *loop, reply func(control.StoodBy, error)) { l.standbyOrder(req, reply) })
}

// standbyOrder replies when it is known what came of a request.
func (l *loop) standbyOrder(req control.StandbyRequest, reply func(control.StoodBy, error)) {
	now := time.Now()
	teams, err := l.standbyTeams(req.Names)
	if err == nil {
		err = wellFormed(req)
	}
	if err == nil && l.ending != "" {
		err = &control.Problem{Code: control.Busy, Message: "the role is ending"}
	}
	if err != nil {
		reply(control.StoodBy{}, err)
		return
	}
	w := standbyWait{until: now.Add(min(time.Duration(req.Wait*float64(time.Second)), longestStandbyWait)), reply: reply}
	if req.Mode == control.HandOver || req.Mode == control.MaintenanceOn {
		w.forecast = l.foretellHandOver(teams, now)
	}
	if req.Mode == control.HandOver {
		if teams, err = l.mayHandOver(teams, req, w.forecast); err != nil && !req.Preview {
			reply(control.StoodBy{}, err)
			return
		}
	}
	w.idle = map[string]bool{}
	for _, t := range teams {
		w.teams = append(w.teams, t.name())
		w.idle[t.name()] = t.role() != vrrp.Master
	}
	if req.Preview {
		w.reply(l.stoodBy(w), nil)
		return
	}
	one := &order{Owner: req.Owner, Reason: req.Reason, Since: now}
	if req.For > 0 {
		one.Until = now.Add(time.Duration(req.For * float64(time.Second)))
	}
	var names []string
	for _, t := range teams {
		names = append(names, t.members()...)
	}
	change := map[string]func(orders) orders{
		control.HandOver:       func(o orders) orders { return o.with(names, one) },
		control.HandBack:       func(o orders) orders { return o.with(names, nil) },
		control.MaintenanceOn:  func(o orders) orders { o.Maintenance = one; return o },
		control.MaintenanceOff: func(o orders) orders { o.Maintenance = nil; return o },
	}[req.Mode]
	l.keepOrders(change, func(err error) {
		if err != nil {
			reply(control.StoodBy{}, err)
			return
		}
		l.standsBy(req, w)
	})
}

// wellFormed says what is wrong with a request.
func wellFormed(req control.StandbyRequest) error {
	invalid := func(format string, args ...any) error {
		return &control.Problem{Code: control.Invalid, Message: fmt.Sprintf(format, args...)}
	}
	maintenance := req.Mode == control.MaintenanceOn || req.Mode == control.MaintenanceOff
	switch {
	case !maintenance && req.Mode != control.HandOver && req.Mode != control.HandBack:
		return invalid("mode %q is none of hand-over, back, maintenance-on and maintenance-off", req.Mode)
	case maintenance && len(req.Names) > 0:
		return invalid("maintenance is of the whole node: name no instances")
	case len(req.Owner) > maxWords || len(req.Reason) > maxWords:
		return invalid("owner and reason may have %d bytes each", maxWords)
	case !(req.For >= 0 && req.For <= maxHandOver.Seconds()):
		return invalid("for is not a number of seconds up to %.0f", maxHandOver.Seconds())
	case !(req.Wait >= 0):
		return invalid("wait is not a number of seconds")
	}
	return nil
}

// standbyTeams are the teams with these names, of sync groups or of instances; none: all.
func (l *loop) standbyTeams(names []string) (list []*team, err error) {
	if len(names) == 0 {
		return slices.Clone(l.teams), nil
	}
	for _, name := range names {
		i := slices.IndexFunc(l.teams, func(t *team) bool { return t.name() == name || slices.Contains(t.members(), name) })
		if i < 0 {
			return nil, &control.Problem{Code: control.NotFound, Message: "no instance and no sync group is " + name, Args: map[string]string{"router": name}}
		}
		if t := l.teams[i]; !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list, nil
}

// mayHandOver are those of the teams that have anything to hand over.
func (l *loop) mayHandOver(teams []*team, req control.StandbyRequest, told []control.Forecast) ([]*team, error) {
	refused := func(why, message string, objects ...string) error {
		return &control.Problem{Code: control.Conflict, Message: message,
			Args: map[string]string{"standby": why, "objects": strings.Join(objects, ", ")}}
	}
	if l.standby.Maintenance != nil {
		return nil, refused(code.InMaintenance, "the node is in maintenance: others go first already")
	}
	masters := slices.DeleteFunc(slices.Clone(teams), func(t *team) bool { return t.role() != vrrp.Master })
	if len(masters) == 0 {
		var names []string
		for _, t := range teams {
			names = append(names, t.name())
		}
		return nil, refused(code.NotMaster, "this node holds no addresses that it could hand over", names...)
	}
	var owns, alone []string
	for _, f := range told {
		switch f.Code {
		case code.ForecastOwns:
			owns = append(owns, f.Object)
		case code.ForecastKeeps:
			alone = append(alone, f.Object)
		}
	}
	switch {
	case len(owns) > 0 && len(req.Names) > 0:
		return masters, refused(code.ForecastOwns, "the interface has addresses of "+strings.Join(owns, ", ")+" without VRRP, so this node cannot give them up", owns...)
	case len(alone) > 0 && !req.Force:
		return masters, refused(code.BackupUnknown, "no router is known that would take over "+strings.Join(alone, ", ")+"; with force others are asked all the same, and the addresses stay here until one takes over", alone...)
	}
	return masters, nil
}

// foretellHandOver tells what would become of the addresses of these teams.
func (l *loop) foretellHandOver(teams []*team, now time.Time) (list []control.Forecast) {
	in := forecast.Input{Now: now}
	in.Heard, _ = l.adverts.all(now)
	for _, t := range teams {
		one := forecast.Team{Group: t.group != nil, Core: t.core}
		for _, r := range t.routers {
			one.Routers = append(one.Routers, forecast.Router{Name: r.cfg.Name, Link: r.socket().link, State: r.state, Wire: r.wire, Owns: len(r.own) > 0,
				Was: forecast.Was{Runs: true, Role: r.state.Role, Since: r.state.Since, Priority: r.state.Priority, Wire: r.wire}})
		}
		in.Teams = append(in.Teams, one)
	}
	for _, o := range forecast.HandOver(in) {
		list = append(list, forecastStatus(o))
	}
	return list
}

// standsBy puts a request into force that is on disk.
func (l *loop) standsBy(req control.StandbyRequest, w standbyWait) {
	now := time.Now()
	to := map[string]string{control.HandOver: code.StandbyAsks, control.HandBack: code.StandbyEnded, control.MaintenanceOn: "on", control.MaintenanceOff: "off"}[req.Mode]
	facts := map[string]string{journal.FactTo: to, journal.FactOwner: req.Owner, journal.FactNote: req.Reason}
	switch req.Mode {
	case control.MaintenanceOn, control.MaintenanceOff:
		l.note(journal.Entry{At: now, Kind: journal.Maintenance, Facts: facts})
	default:
		for _, name := range w.teams {
			l.note(journal.Entry{At: now, Kind: journal.HandOver, Object: name, Facts: facts})
		}
	}
	for _, t := range l.teams {
		if slices.Contains(w.teams, t.name()) {
			delete(l.standby.asks, t.name())
			delete(l.standby.again, t.name())
			if t.role() == vrrp.Master && !t.owns() && (req.Mode == control.HandOver || req.Mode == control.MaintenanceOn) {
				l.standby.asks[t.name()] = now.Add(t.asksFor())
			}
		}
	}
	w.ended = req.Mode == control.HandBack || req.Mode == control.MaintenanceOff
	l.standby.waits = append(l.standby.waits, w)
	l.changed = now
}

// answerStandby answers those whose request came to something, or who waited long enough.
func (l *loop) answerStandby(now time.Time) {
	s := l.standby
	s.waits = slices.DeleteFunc(s.waits, func(w standbyWait) bool {
		if now.Before(w.until) && slices.ContainsFunc(w.teams, func(name string) bool { _, asks := s.asks[name]; return asks }) {
			s.wake(w.until)
			return false
		}
		w.reply(l.stoodBy(w), nil)
		return true
	})
}

// stoodBy is what came of a request.
func (l *loop) stoodBy(w standbyWait) control.StoodBy {
	out := control.StoodBy{Maintenance: l.maintenanceStatus(), Outcomes: []control.StandbyOutcome{}, Forecast: append([]control.Forecast{}, w.forecast...)}
	for _, name := range w.teams {
		i := slices.IndexFunc(l.teams, func(t *team) bool { return t.name() == name })
		if i < 0 {
			continue
		}
		t := l.teams[i]
		one := control.StandbyOutcome{Object: name, State: t.role().String(), Code: l.standbyCode(t)}
		handed, _ := l.standby.handedOver(t)
		switch one.Until = handed.Until; {
		case w.ended:
			one.Code = code.StandbyEnded
		case one.Code == code.StandbyMoved && w.idle[name]:
			one.Code = code.StandbyIdle
		}
		one.Holder = t.holder()
		out.Outcomes = append(out.Outcomes, one)
	}
	return out
}
