package model

import "holdfast/engine/conf"

// Draft opens a text for editing. Its tree has the braces where Tree has them, and
// the places of findings lead to its statements (At).
func Draft(name, text string, facts Facts) *conf.Draft {
	opt := facts.Options()
	if conf.Read(name, []byte(text), opt).Doubted {
		b, _ := understand(name, text, facts, keeps{stays: nothing})
		opt.Literal = b.literal
	}
	return conf.NewDraft(name, text, opt)
}

// At is the path of the statement at a place, and which of its words stands there.
// The error is a *conf.Refusal that names the file where it is another one.
func At(d *conf.Draft, r Range) (conf.Path, int, error) {
	at := conf.Span{Line: r.Line, Col: r.Col, EndLine: r.EndLine, EndCol: r.EndCol}
	if r.File != d.File().Name {
		return nil, 0, &conf.Refusal{Code: conf.EditIncluded, Span: at, Args: map[string]string{"Name": r.File}}
	}
	return d.At(at)
}
