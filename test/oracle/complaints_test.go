package oracle

import (
	"slices"
	"strings"
	"testing"

	"holdfast/engine/model"
)

func TestWhatKeepalivedComplainsAboutIsFound(t *testing.T) {
	eachText(t, all(t), func(t *testing.T, name string, text []byte) {
		c, findings := read(name, text)
		said := ask(t, interfaces(text), false, map[string]string{"text": string(text), "export": export(c)})
		for _, k := range said["text"].complaints {
			if !named(k, findings, sayings) {
				t.Errorf("line %d: keepalived says %q, we say nothing", k.line, k.text)
			}
		}
		if said["text"].code == 0 {
			onlyWhatIsBeyond(t, findings)
		}
		exported(t, said["text"], said["export"], findings)
	})
}

// named says whether a finding speaks of what keepalived complains about.
func named(k complaint, findings []model.Finding, table []saying) bool {
	return slices.ContainsFunc(table, func(s saying) bool {
		return s.message.MatchString(k.text) && slices.ContainsFunc(findings, func(f model.Finding) bool {
			return slices.Contains(s.codes, f.Code) && (s.better && (k.line == 0 || f.Range.Line <= k.line) || f.Range.Line == k.line)
		})
	})
}

// onlyWhatIsBeyond wants no complaint of ours about a text that is clean.
func onlyWhatIsBeyond(t *testing.T, findings []model.Finding) {
	t.Helper()
	for _, f := range findings {
		if f.Severity > model.Note && beyond[f.Code] == "" {
			t.Errorf("line %d: %s %s %v, and keepalived is content", f.Range.Line, f.Severity, f.Code, f.Args)
		}
	}
}

// exported wants an export to have no complaint that the text had not, and none
// about words at all.
func exported(t *testing.T, text, export heard, findings []model.Finding) {
	t.Helper()
	for _, k := range export.complaints {
		anywhere := complaint{text: k.text}
		had := slices.ContainsFunc(text.complaints, func(o complaint) bool { return strings.EqualFold(o.text, k.text) }) // an address is exported in small letters
		switch {
		case !had && !named(anywhere, findings, louder):
			t.Errorf("only the export has line %d: %q", k.line, k.text)
		case gone.MatchString(k.text) && !named(anywhere, findings, lasting):
			t.Errorf("the export still has line %d: %q", k.line, k.text)
		}
	}
	if text.code == 0 && export.code != 0 {
		t.Errorf("the text is clean, and the export gives %d", export.code)
	}
}

// export is what is given to keepalived 2.2.7.
func export(c model.Config) string {
	c, _ = model.Older(c, model.OldRelease)
	return model.Print(c)
}
