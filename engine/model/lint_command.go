package model

import (
	"reflect"

	"holdfast/engine/conf"
)

// DefaultUser is the account that keepalived runs scripts under where no other is
// named and script security is on.
const DefaultUser = "keepalived_script"

// lintCommands looks at the programs that a block runs.
func (b *binder) lintCommands(p any, n *conf.Node) {
	if !b.commanded {
		return
	}
	v := reflect.ValueOf(p).Elem()
	l := &b.names.lint
	fields, ok := l.fields[v.Type()]
	if !ok {
		fields = commandFields(v.Type(), nil)
		if l.fields == nil {
			l.fields = map[reflect.Type][][]int{}
		}
		l.fields[v.Type()] = fields
	}
	for _, index := range fields {
		c := v.FieldByIndex(index).Addr().Interface().(*Command)
		if !c.Written() {
			continue
		}
		at := b.spanOf(c, n)
		if o, ok := v.FieldByIndex(index[:len(index)-1]).Addr().Interface().(*Opt[Command]); ok {
			at = b.spanOf(o, n)
		}
		if b.facts.Command != nil {
			b.facts.Command(*c, Range{b.file.Names[at.File], at.Line, at.Col, at.EndLine, at.EndCol})
		}
		if b.facts.Root != nil {
			l.commands = append(l.commands, placedCommand{c.Line, c.User, at})
		}
		if l.first == nil {
			l.first = &at
		}
		if c.User.Written {
			b.lintUser(c.User.Val.Name, at)
		} else if l.userless == nil {
			l.userless = &at
		}
		b.lintProgram(c, at)
	}
}

// commandFields are the places of the commands in a block's own fields, not in
// those of the blocks inside it.
func commandFields(typ reflect.Type, above []int) [][]int {
	var found [][]int
	for i := range typ.NumField() {
		f := typ.Field(i)
		at := append(append([]int(nil), above...), i)
		switch {
		case f.Type == reflect.TypeFor[Command]():
			found = append(found, at)
		case f.Type == reflect.TypeFor[Opt[Command]]():
			value, _ := f.Type.FieldByName("Val")
			found = append(found, append(at, value.Index...))
		case isPart(f) && under(f.Type).Kind() == reflect.Struct:
			found = append(found, commandFields(under(f.Type), at)...)
		}
	}
	return found
}

// isPart says whether the words of a field belong to the block around it.
func isPart(f reflect.StructField) bool {
	_, part := f.Tag.Lookup("part")
	return part
}

// lintProgram reports a program that is not there, and one that somebody else may
// change. A line for the shell may hold several; they are not taken apart.
func (b *binder) lintProgram(c *Command, at conf.Span) {
	if b.facts.Program == nil || c.Shell {
		return
	}
	l := &b.names.lint
	word := c.Argv[0]
	p, known := l.programs[word]
	if !known {
		p = b.facts.Program(word)
		if l.programs == nil {
			l.programs = map[string]Program{}
		}
		l.programs[word] = p
	}
	switch {
	case known: // said where it stands first
	case !p.Found:
		b.report(Note, "script-missing", at, "Value", word)
	case p.Writable != "":
		b.report(Warning, "script-writable", at, "Value", word, "Path", p.Writable)
	}
	if p.Unsafe != "" {
		l.unsafe = append(l.unsafe, unsafeProgram{word, p.Unsafe, c.User, at})
	}
	if known {
		return
	}
	switch p.First {
	case NoInterpreter, EmptyProgram, MarkedProgram:
		b.report(Warning, "script-no-interpreter", at, "Value", word, "Kind", string(p.First))
	case CarriageReturn:
		b.report(Warning, "script-carriage-return", at, "Value", word)
	case MissingInterpreter:
		b.report(Warning, "script-interpreter", at, "Value", word, "Path", p.Interpreter)
	}
}

// unsafeProgram is a program that script security keeps from running as root.
type unsafeProgram struct {
	word, path string
	user       Opt[User]
	at         conf.Span
}

// lintUnsafe reports the programs that script security keeps from running.
func (b *binder) lintUnsafe() {
	said := map[string]bool{}
	for _, u := range b.names.lint.unsafe {
		name := u.user.Val.Name
		if name == "" {
			name = b.cfg.Global.ScriptUser.Val.Name
		}
		if (name == "root" || name == "0") && !said[u.word] {
			said[u.word] = true
			b.report(Warning, "script-unsafe", u.at, "Value", u.word, "Path", u.path)
		}
	}
}

// lintOutcome reports a command that is run for its exit status and has always the
// same.
func (b *binder) lintOutcome(c *Command, n *conf.Node) {
	if !c.Written() {
		return
	}
	if part := neverFails(c); part != "" {
		b.report(Warning, "script-never-fails", b.spanOf(c, n), "Value", c.Line, "Part", part)
	}
}

// placedCommand is a command and where it stands.
type placedCommand struct {
	line string
	user Opt[User]
	at   conf.Span
}

// lintRoot reports each command that runs as root.
func (b *binder) lintRoot() {
	g := &b.cfg.Global
	for _, c := range b.names.lint.commands {
		as := c.user.Val
		if !c.user.Written {
			as = g.ScriptUser.Val
		}
		if b.facts.Root(as.Name, as.Group, g.ScriptSecurity) {
			b.report(Warning, "runs-as-root", c.at, "Value", c.line)
		}
	}
}

// lintUser remembers an account that a text names; each is looked up once.
func (b *binder) lintUser(name string, at conf.Span) {
	l := &b.names.lint
	if l.users[name] || b.facts.User == nil {
		return
	}
	if l.users == nil {
		l.users = map[string]bool{}
	}
	l.users[name] = true
	if !b.facts.User(name) {
		b.report(Warning, "unknown-user", at, "Name", name)
	}
}

// lintAccounts reports scripts that run with more rights than they should.
func (b *binder) lintAccounts() {
	l, g := &b.names.lint, &b.cfg.Global
	if l.first != nil && !g.ScriptSecurity {
		b.report(Note, "scripts-without-security", *l.first)
	}
	b.lintRoot()
	if g.ScriptSecurity {
		b.lintUnsafe()
	}
	if l.userless != nil && g.ScriptSecurity && !g.ScriptUser.Written && b.facts.User != nil && !b.facts.User(DefaultUser) {
		b.report(Warning, "script-user-missing", *l.userless, "Name", DefaultUser)
	}
}

// lintScript reports a script that may still run when the next run is due.
func (b *binder) lintScript(s *Script, n *conf.Node) {
	if b.names.lint.defined == nil {
		b.names.lint.defined = map[string]conf.Span{}
	}
	b.names.lint.defined[s.Name] = n.Span()
	if every := s.Interval.Or(readDefaults().script.Interval.Val); s.Timeout.Written && s.Timeout.Val > every {
		b.report(Note, "script-outlasts-interval", b.spanOf(&s.Timeout, n), "Name", s.Name,
			"Wait", s.Timeout.Val.String(), "Loop", every.String())
	}
}

// lintOrder reports scripts that are tracked before they are defined: keepalived
// looks for them above only, and then does not track them.
func (b *binder) lintOrder() {
	for _, m := range b.names.mentions {
		at, ok := b.names.lint.defined[m.name]
		if m.kind == "script" && ok && at.File == m.at.File && at.Line > m.at.Line {
			b.report(Note, "script-defined-later", m.at, "Name", m.name)
		}
	}
}
