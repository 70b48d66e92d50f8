package conf

import "fmt"

// Refusal is the error of an edit that cannot be done in place: what is wrong, and
// where it stands in the text before the edit. People read the sentence
// "refused.CODE" of assets, with the Args.
type Refusal struct {
	Code string
	Span Span
	Args map[string]string
}

// The codes of refusals, with their Args.
const (
	EditNowhere    = "edit-nowhere"    // no statement or word stands there
	EditValue      = "edit-value"      // Value cannot be written so that it reads back
	EditLineLong   = "edit-line-long"  // the line would have more than Most bytes, and not be read
	EditDefinition = "edit-definition" // the words come out of the definition Name, or hold it
	EditGenerator  = "edit-generator"  // the generator Name makes the line
	EditIncluded   = "edit-included"   // the statement stands in the file Name
	EditUnbalanced = "edit-unbalanced" // a brace of the block Word is missing or too many
	EditCondition  = "edit-condition"  // lines of different nodes share the braces of the block Word
	EditUnclear    = "edit-unclear"    // the changed text would read as something else
)

// advice is what each code says in a log: what is wrong, and what to do.
var advice = map[string]string{
	EditNowhere:    "no statement stands there; read the text again",
	EditValue:      "the value cannot be written; choose one without line ends, and without quotes beside blanks or braces",
	EditLineLong:   "the line would be too long for keepalived; shorten the value",
	EditDefinition: "a definition stands behind these words; edit the definition in the text",
	EditGenerator:  "a generator makes this line; edit the generator in the text",
	EditIncluded:   "the statement stands in an included file; edit that file",
	EditUnbalanced: "a brace is missing or too many; mend the braces first",
	EditCondition:  "lines of different nodes share the braces of the block; edit it in the text",
	EditUnclear:    "the changed text would read as something else; edit it in the text",
}

// Error is the place, what is wrong there, and what to do.
func (r *Refusal) Error() string {
	what := ""
	for _, name := range []string{"Name", "Value", "Word"} {
		if v := r.Args[name]; v != "" {
			what = fmt.Sprintf(" %q:", Beginning(v, maxShown))
			break
		}
	}
	return fmt.Sprintf("%s:%s %s", r.Span, what, advice[r.Code])
}

// refuse makes a Refusal; args are names and values in turn.
func refuse(code string, at Span, args ...string) *Refusal {
	r := &Refusal{Code: code, Span: at}
	for i := 0; i+1 < len(args); i += 2 {
		if r.Args == nil {
			r.Args = make(map[string]string, len(args)/2)
		}
		r.Args[args[i]] = args[i+1]
	}
	return r
}
