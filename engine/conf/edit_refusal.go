package conf

import "fmt"

// Refusal is the error of an edit that cannot be done in place. Codes:
//
//	edit-nowhere      the path leads to no statement; Span is the zero Span
//	edit-value        Value cannot be written so that it reads back
//	edit-line-long    the line would have more than Most bytes, and not be read
//	edit-definition   the words come out of the definition Name, or hold it
//	edit-generator    a generator makes the line
//	edit-included     the statement stands in the file Name
//	edit-unbalanced   a brace of the block Word is missing or too many
//	edit-condition    lines of different nodes share the braces of the block
//	edit-unclear      the changed text would read as something else
type Refusal struct {
	Code string
	Span Span
	Args map[string]string
}

// advice is what each refusal says in a log; people read the sentence "refused.CODE"
// in their language.
var advice = map[string]string{
	"edit-nowhere":    "no statement stands there; read the text again",
	"edit-value":      "the value cannot be written; choose one without line ends, and without quotes beside blanks or braces",
	"edit-line-long":  "the line would be too long for keepalived; shorten the value",
	"edit-definition": "a definition stands behind these words; edit the definition in the text",
	"edit-generator":  "a generator makes this line; edit the generator in the text",
	"edit-included":   "the statement stands in an included file; edit that file",
	"edit-unbalanced": "a brace is missing or too many; mend the braces first",
	"edit-condition":  "lines of different nodes share the braces of the block; edit it in the text",
	"edit-unclear":    "the changed text would read as something else; edit it in the text",
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
