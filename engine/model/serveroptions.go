package model

// ServerOptions are the words of a real_server that are mostly alike for all servers:
// those of which all of it is alike share one value, which nobody changes.
type ServerOptions struct {
	NotifyUp    Command     `kw:"notify_up" since:"1.0.0"`
	NotifyDown  Command     `kw:"notify_down" since:"1.0.0"`
	Upper       Opt[uint32] `kw:"uthreshold" range:"0..4294967295" default:"0" since:"1.1.13"`
	Lower       Opt[uint32] `kw:"lthreshold" range:"0..4294967295" default:"0" since:"1.1.13"`
	VirtualHost Opt[string] `kw:"virtualhost" since:"1.3.6" mild:"yes"`
	Alpha       Opt[bool]   `kw:"alpha"`
	SMTPAlert   Opt[bool]   `kw:"smtp_alert"`
	Timing      Timing      `part:""`
	Kept        []Item
}

// plain says whether o can be compared: it has no command, and nothing is kept of it.
func (o *ServerOptions) plain() bool {
	return o.NotifyUp.none() && o.NotifyDown.none() && o.Kept == nil
}

// none says whether nothing is written of a command.
func (c *Command) none() bool {
	return c.Line == "" && c.Argv == nil && !c.Shell && c.User == Opt[User]{}
}

// alike says whether o and p are plain and equal.
func (o *ServerOptions) alike(p *ServerOptions) bool {
	return o.plain() && p.plain() && o.Upper == p.Upper && o.Lower == p.Lower && o.VirtualHost == p.VirtualHost &&
		o.Alpha == p.Alpha && o.SMTPAlert == p.SMTPAlert && o.Timing == p.Timing
}

// commonOptions shares the options of servers: of equal ones in a row the first.
type commonOptions struct {
	last *ServerOptions
	lent *ServerOptions // empty, for the next server
}

// begin gives a server options to be read into, as nobody else has them.
func (c *commonOptions) begin(r *Real) {
	if c.lent == nil {
		c.lent = &ServerOptions{}
	}
	r.ServerOptions, c.lent = c.lent, nil
}

// share gives a server the options of the one before, if they are equal.
func (c *commonOptions) share(r *Real) {
	if c.last == nil || !c.last.alike(r.ServerOptions) {
		c.last = r.ServerOptions
		return
	}
	*r.ServerOptions = ServerOptions{}
	r.ServerOptions, c.lent = c.last, r.ServerOptions
}
