package objects

import (
	"slices"
	"strings"

	"holdfast/engine/conf"
	"holdfast/engine/model"
)

// Shape is what the text of a field looks like.
type Shape string

// The shapes of fields.
const (
	Flag       Shape = "flag"       // "on" where it is written
	Choice     Shape = "choice"     // one of the values
	Line       Shape = "line"       // one value
	Lines      Shape = "lines"      // a value on each line
	Statements Shape = "statements" // whole statements, as in the text
)

// Field is a directive of the table beside what an object has of it, as a form shows it.
type Field struct {
	model.Directive
	Name    string // of the field: its keyword, behind that of a block and a dot where it stands in one
	Shape   Shape
	Text    string // what is written; "": nothing
	Written bool
}

// yes is a switch that is written as its word alone.
const yes = "on"

// Fields are those of an object: each directive that its block may have and that is
// acted on, and what else is written. Objects in it are none.
func (t *Text) Fields(o Object) []Field {
	return fieldsOf(o.block, "", t.Settings(o))
}

// FieldsOf are the fields of a new object that word begins, "" of a kind that has but one.
func FieldsOf(k Kind, word string) []Field {
	block := opening[k]
	if k == Check {
		block = canonical(opening[Server], word)
	}
	return fieldsOf(block, "", nil)
}

func fieldsOf(block, prefix string, list []Setting) []Field {
	var fields []Field
	for _, d := range declaredIn(block) {
		own := settingsFor(block, d.Word, list)
		if d.Support != model.Acted && len(own) == 0 || d.Kind == "block" && isObject(block, &d) {
			continue
		}
		if d.Kind == "block" && !d.Repeated {
			var inner []Setting
			for _, s := range own {
				inner = append(inner, s.Inside...)
			}
			fields = append(fields, fieldsOf(blockOf(&d), prefix+d.Word+".", inner)...)
			continue
		}
		f := Field{Directive: d, Name: prefix + d.Word, Shape: shapeOf(&d, own), Written: len(own) > 0}
		f.Text = textOf(f.Shape, own)
		if f.Shape == Choice && f.Written && f.Text == "" {
			f.Text = yes
		}
		fields = append(fields, f)
	}
	return fields
}

// declaredIn are the directives of a block, by their words.
func declaredIn(block string) []model.Directive {
	var list []model.Directive
	for key, d := range vocabulary() {
		if key[0] == block && key[1] == d.Word && !strings.Contains(d.Word, " ") {
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(a, b model.Directive) int { return strings.Compare(a.Word, b.Word) })
	return list
}

// isObject says whether what a directive opens is an object of its own.
func isObject(block string, d *model.Directive) bool {
	return block == opening[Service] && blockOf(d) == opening[Server] || d.Field == checksField
}

// settingsFor are those of a list that are one directive.
func settingsFor(block, word string, list []Setting) []Setting {
	var own []Setting
	for _, s := range list {
		if canonical(block, s.Keyword) == word {
			own = append(own, s)
		}
	}
	return own
}

func shapeOf(d *model.Directive, own []Setting) Shape {
	single := len(own) == 0 || len(own) == 1 && own[0].Inside == nil
	switch {
	case d.Kind == "block", !single && (d.Opens || !d.Repeated), len(own) == 1 && own[0].Inside != nil:
		return Statements
	case d.Kind == "flag":
		return Flag
	case d.Opens, d.Repeated:
		return Lines
	case len(d.Values) > 0, d.Kind == "bool":
		return Choice
	}
	return Line
}

// textOf is what a field of a shape shows of settings.
func textOf(shape Shape, own []Setting) string {
	if len(own) == 0 {
		return ""
	}
	switch shape {
	case Flag:
		return yes
	case Lines:
		if own[0].Lines != nil {
			return strings.Join(own[0].Lines, "\n")
		}
		values := make([]string, len(own))
		for i, s := range own {
			values[i] = s.Value
		}
		return strings.Join(values, "\n")
	case Statements:
		var b strings.Builder
		spell(&b, "", own)
		return strings.TrimSuffix(b.String(), "\n")
	}
	return own[0].Value
}

// spell writes settings as statements.
func spell(b *strings.Builder, margin string, list []Setting) {
	for _, s := range list {
		b.WriteString(margin + strings.TrimRight(s.Keyword+" "+s.Value, " "))
		if s.Lines == nil && s.Inside == nil {
			b.WriteString("\n")
			continue
		}
		b.WriteString(" {\n")
		for _, l := range s.Lines {
			b.WriteString(margin + "    " + l + "\n")
		}
		spell(b, margin+"    ", s.Inside)
		b.WriteString(margin + "}\n")
	}
}

// Fill gives an object the texts of fields, by their names; other fields stay, and so do
// those whose text is what it was. Faults: those of Patch.
func (t *Text) Fill(o Object, texts map[string]string) (*Text, error) {
	var list []Setting
	var gone []string
	blocks := map[string][]Setting{} // of a block in the object, what it is to have
	for _, f := range t.Fields(o) {
		text, given := texts[f.Name]
		text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
		if !given || text == strings.TrimSpace(f.Text) {
			continue
		}
		next, err := f.settings(text)
		if err != nil {
			return nil, err
		}
		outer, word, nested := strings.Cut(f.Name, ".")
		if !nested {
			gone, list = append(gone, f.Word), append(list, next...)
			continue
		}
		inner, begun := blocks[outer]
		if !begun {
			for _, s := range settingsFor(o.block, outer, t.Settings(o)) {
				inner = append(inner, s.Inside...)
			}
		}
		inner = slices.DeleteFunc(inner, func(s Setting) bool { return canonical(outer, s.Keyword) == word })
		blocks[outer] = append(inner, next...)
	}
	for outer, inner := range blocks {
		gone = append(gone, outer)
		if len(inner) > 0 {
			list = append(list, Setting{Keyword: outer, Inside: inner})
		}
	}
	if len(gone) == 0 {
		return t, nil
	}
	return t.Patch(o, list, gone...)
}

// settings are what a text of the field means. Fault: DirectiveForm.
func (f *Field) settings(text string) ([]Setting, error) {
	if text == "" {
		return nil, nil
	}
	one := Setting{Keyword: f.Word}
	switch f.Shape {
	case Flag:
		return []Setting{one}, nil
	case Lines:
		var lines []string
		for _, l := range strings.Split(text, "\n") {
			if l = strings.TrimSpace(l); l != "" {
				lines = append(lines, l)
			}
		}
		if f.Opens {
			one.Lines = lines
			return []Setting{one}, nil
		}
		var list []Setting
		for _, l := range lines {
			list = append(list, Setting{Keyword: f.Word, Value: l})
		}
		return list, nil
	case Statements:
		return f.statements(text)
	}
	one.Value = text
	return []Setting{one}, nil
}

// statements reads a text of whole statements, all of them of this directive.
func (f *Field) statements(text string) ([]Setting, error) {
	file := conf.NewDraft("", text, conf.Options{}).File()
	list := settingsOf(f.Block, &conf.Block{Nodes: file.Nodes})
	for _, s := range list {
		if canonical(f.Block, s.Keyword) != f.Word {
			return nil, refuse(DirectiveForm, "Word", f.Word, "Value", s.Keyword)
		}
	}
	if len(file.Problems) > 0 || len(list) != len(file.Nodes) {
		return nil, refuse(DirectiveForm, "Word", f.Word, "Value", text)
	}
	return list, nil
}
