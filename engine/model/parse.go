package model

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// Parse gives text its meaning on one node: what could be understood, and
// everything found on the way, in the order of the text. It never fails; a text
// with an Error among its findings is not fit to be applied.
func Parse(name string, text []byte, facts Facts) (Config, []Finding) {
	b, findings := understand(name, string(text), facts, keeps{stays: servers})
	return b.cfg, findings
}

// ParseRouters is Parse without the virtual servers: each is forgotten once it has been
// validated, but for its commands. Those that stand in known as well, a text that was
// accepted before, are left out altogether; known may be empty.
func ParseRouters(name, text, known string, facts Facts) (Config, []Command, []Finding) {
	b, findings := understand(name, text, facts, keeps{stays: commands, known: known})
	b.cfg.Virtuals = nil
	return b.cfg, b.commands, findings
}

// ParseNext is Parse for a text that comes after one that was accepted: a virtual server
// that stands in both is not read again. It is the one of before, already resolved, in
// the same memory, and what was found in it is not told again. Before may be the zero
// Accepted.
func ParseNext(name, text string, before Accepted, facts Facts) (Config, []Finding) {
	k := keeps{stays: servers, places: true}
	if before.fits(text) {
		k.known, k.before = before.Text, before.Config.Virtuals
	}
	b, findings := understand(name, text, facts, k)
	if b.shared && !sharing(&b.cfg, &before.Config) {
		b, findings = understand(name, text, facts, keeps{stays: servers, places: true})
	}
	return b.cfg, findings
}

// Accepted is a text that was read by ParseNext and in which no Error was found, and
// what it means, resolved.
type Accepted struct {
	Text   string
	Config Config
}

// fits says whether anything of it can be in text.
func (a Accepted) fits(text string) bool { return len(a.Config.Virtuals) > 0 && text != "" }

// sharing says whether virtual servers take the same from what stands outside of them in
// a configuration as written and in one that is resolved.
func sharing(written, resolved *Config) bool {
	g, h := &written.Global, &resolved.Global
	return g.SMTPAlert == h.SMTPAlert && g.SMTPAlertChecker == h.SMTPAlertChecker && g.LogFailures == h.LogFailures && g.ShareChecks == h.ShareChecks &&
		g.ScriptUser == h.ScriptUser &&
		subjectsIn(written).equal(subjectsIn(resolved))
}

// Inspect gives what Parse finds, without the Config: each virtual server is
// forgotten once it has been validated.
func Inspect(name, text string, facts Facts) []Finding {
	_, findings := understand(name, text, facts, keeps{stays: nothing})
	return findings
}

// Tree is the text as Parse reads it: its statements, expanded for the node.
func Tree(name string, text []byte, facts Facts) *conf.File {
	opt := facts.Options()
	file := conf.Read(name, text, opt)
	if !file.Doubted {
		return file
	}
	b, _ := understand(name, string(text), facts, keeps{stays: nothing})
	if opt.Literal = b.literal; opt.Literal {
		return conf.Read(name, text, opt)
	}
	return file
}

// Options are what the facts say to the reader of a text.
func (f Facts) Options() conf.Options {
	return conf.Options{Node: f.Node, Files: f.Files, Env: f.Env, Work: f.Work}
}

// understand reads a text. Where braces that add up contradict the indentation,
// it is read both ways, and the way that makes better sense is taken.
func understand(name, text string, facts Facts, keeps keeps) (*binder, []Finding) {
	b := newBinder(facts)
	b.keeps = keeps
	findings := b.read(name, text, false)
	if !b.file.Doubted {
		return b, findings
	}
	literal := newBinder(facts)
	literal.keeps = keeps
	if as := literal.read(name, text, true); count(as) <= count(findings) {
		return literal, as
	}
	return b, findings
}

// count is how many findings ask for a look, those about braces left out.
func count(findings []Finding) int {
	n := 0
	for _, f := range findings {
		if f.Severity > Note && f.Code != "missing-brace" && f.Code != "extra-brace" {
			n++
		}
	}
	return n
}

func newBinder(facts Facts) *binder {
	b := &binder{facts: facts, names: newNames(), comments: map[[2]int]conf.Problem{}, order: map[string]int{},
		there: map[string]bool{}, told: map[string]bool{}, guesses: map[[2]string]guess{}, args: shared{}, alike: map[string]int{}, unlisted: map[string]unlisted{},
		seen: map[netip.AddrPort]bool{}}
	for _, name := range facts.Interfaces {
		b.there[name] = true
	}
	return b
}

// read binds the statements of a text one by one.
func (b *binder) read(name, text string, literal bool) []Finding {
	var statements iter.Seq[*conf.Node]
	opt := b.facts.Options()
	b.literal, opt.Literal, opt.Budget = literal, literal, &budget
	opt.Known = b.keeps.known
	if b.keeps.before != nil {
		opt.Left = b.stands
	}
	b.file, statements = conf.Statements(name, text, opt)
	for i, name := range b.file.Names {
		b.order[name] = i
	}
	b.templates(name, text)
	b.escapes = (strings.Contains(text, `\!`) || strings.Contains(text, `\#`)) && !strings.Contains(text, "${_") // which is written so
	b.problems()
	b.root(statements)
	b.cfg.Served = len(b.names.virtuals) > 0 || b.file.Begins[virtualServer] > 0
	if len(b.file.Begins) == 0 && len(b.findings) == 0 && strings.TrimSpace(text) == "" {
		b.report(Note, "empty-text", conf.Span{Line: 1, Col: 1, EndLine: 1, EndCol: 1})
	}
	b.settle()
	b.gluedElsewhere()
	b.identity()
	b.closers()
	b.rest(name)
	slices.SortStableFunc(b.findings, func(x, y Finding) int {
		return cmp.Or(b.order[x.Range.File]-b.order[y.Range.File], cmp.Compare(x.Range.Line, y.Range.Line), cmp.Compare(x.Range.Col, y.Range.Col))
	})
	return silence(once(b.findings), name, allowed(text))
}

// once leaves out what is said twice of one place, and what is said of it more
// often than a reader wants to hear: a generator may make the same mistake many
// times over.
func once(sorted []Finding) []Finding {
	out := sorted[:0]
	for _, f := range sorted {
		alike := 0
		for i := len(out) - 1; i >= 0 && i >= len(out)-maxLooked && out[i].Range == f.Range && alike < maxOfPlace; i-- {
			switch x := out[i]; {
			case x.Code != f.Code:
			case x.Hint == f.Hint && maps.Equal(x.Args, f.Args):
				alike = maxOfPlace
			default:
				alike++
			}
		}
		if alike < maxOfPlace {
			out = append(out, f)
		}
	}
	return out
}

// maxOfPlace is how many findings of one code are listed of one place.
const maxOfPlace = 3

// maxLooked bounds how far once looks back.
const maxLooked = 16

// maxAlike is how many findings of one code are listed.
const maxAlike = 1000

// unlisted is how many findings of a code are not listed, and the worst of them.
type unlisted struct {
	n     int
	worst Severity
}

func (b *binder) leaveOut(code string, s Severity, n int) {
	u := b.unlisted[code]
	b.unlisted[code] = unlisted{u.n + n, max(u.worst, s)}
}

// rest says how many findings were not listed.
func (b *binder) rest(name string) {
	last := Range{name, 1, 1, 1, 1}
	if n := len(b.findings); n > 0 {
		last = b.findings[n-1].Range
	}
	for _, code := range slices.Sorted(maps.Keys(b.unlisted)) {
		u := b.unlisted[code]
		b.findings = append(b.findings, Finding{Code: moreFindings, Severity: u.worst, Range: last,
			Args: map[string]string{"Code": code, "Count": strconv.Itoa(u.n)}})
	}
}

// identity fills in what the node's name stands for; it stays unwritten.
func (b *binder) identity() {
	g := &b.cfg.Global
	if !g.RouterID.Written {
		g.RouterID.Val = b.facts.Node
	}
	if !g.EmailFrom.Written && b.facts.Node != "" {
		g.EmailFrom.Val = "root@" + b.facts.Node
	}
}

// severities of what is wrong with the text itself. A comment inside a word is
// validated when the word is known.
var severities = map[string]Severity{
	"unmatched-quote": Warning, "extra-brace": Error, "missing-brace": Error, "unexpected-brace": Error,
	"line-too-long": Warning, "line-unread": Error, "too-many-words": Error,
	"nul-byte": Error, "bom": Warning, "comment-backslash": Warning, "invalid-utf8": Note,
	"too-deep": Error, "too-large": Error, "definition-loop": Warning, "definition-too-deep": Error,
	"definition-too-large": Error, "expansion-too-large": Error, "bad-generator": Error,
	tooManyInstances: Error, tooManyBlocks: Error, tooManyAddresses: Error, tooManyStatements: Error, tooManyOtherWords: Error,
	tooManyInServer: Error, tooManyBlocksIn: Error,
	"definition-ends-at-comment": Warning, "mark-by-definition": Warning,
	"include-missing": Warning, "include-required": Error, "include-quoted": Warning, "include-misread": Warning,
	"environment-unread": Warning, "environment-missing": Warning, "bad-random": Warning, "include-loop": Error, "include-too-many": Error,
}

func (b *binder) problems() {
	for _, p := range b.file.Problems {
		if p.Code == "comment-in-word" {
			b.comments[[2]int{p.Span.File, p.Span.Line}] = p
			continue
		}
		if p.Code == "missing-brace" {
			b.broken = true
		}
		var args []string
		for k, v := range p.Args {
			args = append(args, k, v)
		}
		b.report(severities[p.Code], p.Code, p.Span, args...)
	}
	for code, n := range b.file.More {
		b.leaveOut(code, max(severities[code], Note), n)
	}
}

// glued warns of a secret that a comment character cuts short.
func (b *binder) glued(n *conf.Node) {
	at := n.Words[0].Span()
	line := [2]int{at.File, at.Line}
	if p, ok := b.comments[line]; ok {
		b.report(Warning, "comment-in-secret", p.Span, "Word", n.Word(0))
		delete(b.comments, line)
	}
}

// gluedElsewhere notes the other words that a comment follows without a blank,
// where the comment looks like the rest of the word, or hides a brace that is missed.
func (b *binder) gluedElsewhere() {
	for _, p := range b.comments {
		if b.broken && strings.Count(p.Args["Comment"], "}") > strings.Count(p.Args["Comment"], "{") {
			b.report(Warning, "comment-hides-brace", p.Span, "Value", p.Args["Word"])
			continue
		}
		if rest := p.Args["Comment"]; len(rest) > 1 && !strings.ContainsAny(rest, " \t") && rest[1] < 0x80 {
			b.report(Note, "comment-in-word", p.Span, "Value", p.Args["Word"])
		}
	}
}

// Failed says whether a finding keeps the text from being applied.
func Failed(findings []Finding) bool {
	return slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}

// Hash is the identity of a text: its SHA-256 in hex.
func Hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// HashText is Hash without a copy of a large text.
func HashText(text string) string {
	h, buffer := sha256.New(), make([]byte, 32<<10)
	for len(text) > 0 {
		n := copy(buffer, text)
		h.Write(buffer[:n])
		text = text[n:]
	}
	return hex.EncodeToString(h.Sum(nil))
}
