package lvsrole

import (
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/journal"
	"holdfast/engine/probe"
)

// credentials reads what SSL_GET shows to servers that ask who it is. Where that cannot be
// read checks show nothing, which the status says until an apply mends it; the journal has
// it when it begins, changes and ends.
func (l *loop) credentials() probe.Credentials {
	read, err := probe.ReadCredentials(l.cfg.Credentials())
	was := l.unshown
	l.unshown = ""
	if err != nil {
		l.unshown = err.Error()
	}
	if l.unshown == was {
		return read
	}
	facts := map[string]string{journal.FactObject: "SSL", journal.FactCode: code.NoCredentials}
	kind := journal.Unheld
	if err != nil {
		kind = journal.Held
		facts[journal.FactReason] = l.unshown
	}
	l.problems.tell(journal.Entry{Kind: kind, Object: "SSL", Facts: facts})
	return read
}

// nothingShown says that SSL_GET shows no certificate although the text has one.
func (l *loop) nothingShown() []control.Blocked {
	if l.unshown == "" {
		return nil
	}
	return []control.Blocked{{Object: "SSL", Code: code.NoCredentials, Args: map[string]string{"reason": l.unshown}}}
}
