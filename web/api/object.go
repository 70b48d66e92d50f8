package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"holdfast/assets"
	"holdfast/engine/model"
	"holdfast/engine/objects"
	"holdfast/store"
	"holdfast/web/access"
)

// objectRow is an object as a list has it.
type objectRow struct {
	ID       string `json:"id" doc:"Leads to it in addresses; of a service and a real server the name that the engine gives it"`
	Keyword  string `json:"keyword" doc:"The word that begins it" example:"virtual_server"`
	Name     string `json:"name" doc:"What stands behind that word, as it is written" example:"192.0.2.100 80"`
	Line     int    `json:"line" doc:"Where it begins in the text, from 1"`
	Disabled bool   `json:"disabled" doc:"It stands in comments: keepalived and Holdfast do not read it"`
	ETag     string `json:"etag" doc:"Of its lines; for If-Match"`
}

// objectList is one page of the objects of a text.
type objectList struct {
	Items []objectRow `json:"items" doc:"In the order of the text"`
	Total int         `json:"total" doc:"How many there are"`
	Next  string      `json:"next,omitempty" doc:"The id to go on behind; missing: this is the end"`
}

// object is one object with its directives.
type object struct {
	objectRow
	Directives []directive `json:"directives" doc:"In the order of the text, with those of the objects in it"`
	Findings   []finding   `json:"findings" doc:"What is found in its lines"`
}

// directive is one directive of an object.
type directive struct {
	Keyword    string      `json:"keyword" example:"delay_loop"`
	Value      string      `json:"value,omitempty" doc:"What stands behind the keyword: one word as it is, several as they are written in keepalived.conf" example:"6"`
	Lines      []string    `json:"lines,omitzero" required:"false" doc:"What stands in its braces, where each line is a value" example:"[\"192.0.2.100/24 dev eth0\"]"`
	Directives []directive `json:"directives,omitzero" required:"false" doc:"What stands in its braces, where that are directives"`
	Hidden     bool        `json:"hidden,omitempty" readOnly:"true" doc:"The value is a secret, which a viewer does not see"`
	Line       int         `json:"line,omitempty" readOnly:"true" doc:"Where it stands in the text"`
	Default    string      `json:"default,omitempty" readOnly:"true" doc:"What is in force where it is not written"`
	Unit       string      `json:"unit,omitempty" readOnly:"true" doc:"Of its number" example:"s"`
	Range      string      `json:"range,omitempty" readOnly:"true" doc:"Of its number" example:"1..255"`
}

// settings are directives as orders to change an object have them.
func settings(list []directive) []objects.Setting {
	out := make([]objects.Setting, 0, len(list))
	for _, d := range list {
		s := objects.Setting{Keyword: d.Keyword, Value: d.Value, Lines: d.Lines}
		if d.Directives != nil {
			s.Inside = settings(d.Directives)
		}
		out = append(out, s)
	}
	return out
}

// declared is the table of directives. Nobody changes it.
var declared = sync.OnceValue(model.Words)

// directivesOf are the settings of a block; see says whether secrets are shown.
func directivesOf(block string, list []objects.Setting, see bool) []directive {
	out := make([]directive, 0, len(list))
	for _, s := range list {
		one := directive{Keyword: s.Keyword, Value: s.Value, Lines: s.Lines, Line: s.Line}
		inner := s.Keyword
		if d := declared()[[2]string{block, s.Keyword}]; d != nil {
			one.Default, one.Unit, one.Range = d.Default, d.Unit, d.Range
			inner = d.Word
			if d.Secret && !see {
				one.Value, one.Hidden = "", true
			}
		}
		if s.Inside != nil {
			one.Directives = directivesOf(inner, s.Inside, see)
		}
		out = append(out, one)
	}
	return out
}

// etag names what the lines of an object are.
func etag(lines string) string {
	sum := sha256.Sum256([]byte(lines))
	return hex.EncodeToString(sum[:])[:20]
}

func rowOf(x *objects.Text, o objects.Object) objectRow {
	return objectRow{o.ID, o.Word, o.Name, o.Line, o.Disabled, etag(x.Lines(o))}
}

// objectOf is an object with what is found in it.
func (r *routes) objectOf(ctx context.Context, x *objects.Text, o objects.Object) object {
	see := access.Require(ctx, store.Editor) == nil
	return object{rowOf(x, o), directivesOf(o.Block(), x.Settings(o), see), findings(langOf(ctx), r.Workflow.FindingsIn(x, o))}
}

// listOf is one page of the objects of a kind behind the one with the id after.
func listOf(x *objects.Text, k objects.Kind, owner *objects.Object, after string, limit int) objectList {
	all := x.List(k, owner)
	out := objectList{Items: []objectRow{}, Total: len(all)}
	from := 0
	if i := slices.IndexFunc(all, func(o objects.Object) bool { return o.ID == after }); i >= 0 {
		from = i + 1
	}
	to := min(from+limit, len(all))
	for _, o := range all[from:to] {
		out.Items = append(out.Items, rowOf(x, o))
	}
	if to < len(all) {
		out.Next = all[to-1].ID
	}
	return out
}

// IDsInput are the ids in the address of a request. The library sees embedded types only
// where their names are exported.
type IDsInput struct {
	ids       []string
	confirmed bool // it says how long to wait for a confirmation; the library takes 0 for nothing
}

// Resolve reads the ids of the address.
func (in *IDsInput) Resolve(c huma.Context) []error {
	in.ids, in.confirmed = nil, c.Query("confirm") != ""
	for _, name := range inPath(c.Operation().Path) {
		in.ids = append(in.ids, c.Param(name))
	}
	return nil
}

// inPath are the names of the parameters of a path, in order.
func inPath(path string) []string {
	var names []string
	for _, part := range strings.Split(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// pathParams describe the parameters of a path.
func pathParams(path string) []*huma.Param {
	var list []*huma.Param
	for _, name := range inPath(path) {
		list = append(list, &huma.Param{Name: name, In: "path", Required: true, Description: "As in the list", Schema: &huma.Schema{Type: huma.TypeString}})
	}
	return list
}

// word is a directive that the table declares, for those who write forms.
type word struct {
	Block    string   `json:"block" example:"vrrp_instance"`
	Keyword  string   `json:"keyword" example:"priority"`
	Aliases  []string `json:"aliases,omitempty" doc:"Other words for the same"`
	Support  string   `json:"support" enum:"acted,kept,obsolete" doc:"kept: it stays in the text and does nothing"`
	Kind     string   `json:"kind,omitempty" doc:"Of its value; flag: the keyword alone says everything; choice: one of values; block: it opens a block of directives"`
	Values   []string `json:"values,omitempty"`
	Range    string   `json:"range,omitempty"`
	Default  string   `json:"default,omitempty"`
	Unit     string   `json:"unit,omitempty"`
	Opens    bool     `json:"opens" doc:"It opens a block"`
	Repeated bool     `json:"repeated" doc:"It may be written several times, and each counts"`
	Needed   bool     `json:"needed" doc:"Its block is useless without it"`
	Secret   bool     `json:"secret"`
	Help     string   `json:"help" doc:"What it does, in the reader's language"`
}

func wordsOf(lang, block string) []word {
	out := []word{}
	for _, d := range model.Directives() {
		if block != "" && d.Block != block {
			continue
		}
		out = append(out, word{d.Block, d.Word, d.Aliases, string(d.Support), d.Kind, d.Values, d.Range, d.Default, d.Unit, d.Opens, d.Repeated, d.Need, d.Secret,
			assets.Directive(lang, d.ID, d.Loss, d.Instead)})
	}
	return out
}
