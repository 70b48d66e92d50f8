package model

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// FromJSON reads the form that JSON writes. Its error is about the form: a member
// that no block has, a value of the wrong type. What the values say is validated as
// Parse validates a text; a finding's file is then the path of the member, such as
// "vrrp_instance[0].priority".
func FromJSON(data []byte, facts Facts) (Config, []Finding, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var root map[string]any
	if err := d.Decode(&root); err != nil {
		return Config{}, nil, fmt.Errorf("read the configuration as JSON: %w", err)
	}
	if d.More() {
		return Config{}, nil, errors.New("something follows the configuration")
	}
	r := textWriter{}
	if err := r.block(readTable(), root, ""); err != nil {
		return Config{}, nil, err
	}
	facts.Files = nil
	c, findings := Parse("json", []byte(r.String()), facts)
	for i := range findings {
		if at := &findings[i].Range; at.Line <= len(r.at) && at.Line > 0 {
			*at = Range{File: r.at[at.Line-1]}
		}
	}
	return c, findings, nil
}

// textWriter turns JSON into the text it stands for. at holds the path of the
// member behind each line.
type textWriter struct {
	strings.Builder
	at []string
}

// errForm is a value that has not the form of its member.
func errForm(path, want string) error { return fmt.Errorf("%s: %s is wanted", path, want) }

// line writes one statement. A text that is more than one, or none, is refused.
func (r *textWriter) line(path, text string) error {
	f := conf.Parse("", []byte(text), "")
	wrong := slices.ContainsFunc(f.Problems, func(p conf.Problem) bool { return p.Code != "line-too-long" })
	if len(f.Nodes) != 1 || f.Nodes[0].Block != nil || f.Nodes[0].Stray || wrong ||
		strings.TrimSpace(f.Tail) != "" || strings.ContainsAny(text, "\n\x00") || strings.IndexByte("@$~", text[0]) >= 0 ||
		conf.IsInclude(f.Nodes[0].Word(0)) {
		return errForm(path, "the text of one statement")
	}
	r.write(path, text)
	return nil
}

func (r *textWriter) write(path, text string) {
	r.WriteString(text + "\n")
	r.at = append(r.at, path)
}

// word writes a word and what follows it.
func (r *textWriter) word(path string, words ...string) error {
	return r.line(path, strings.TrimRight(strings.Join(words, " "), " "))
}

// enclose writes what inside writes between braces.
func (r *textWriter) enclose(path string, inside func() error, head ...string) error {
	if err := r.word(path, head...); err != nil {
		return err
	}
	r.write(path, "{")
	if err := inside(); err != nil {
		return err
	}
	r.write(path, "}")
	return nil
}

// block writes the members of o, in the order of the table.
func (r *textWriter) block(b *block, o map[string]any, path string) error {
	known := map[string]bool{keptMember: true}
	for _, k := range b.keys {
		known[k.word] = !b.shares
	}
	if b.path == "" {
		if err := r.keptWords(b.kept, o, path, known); err != nil {
			return err
		}
	}
	for _, d := range b.order {
		name := d.memberName()
		known[name] = true
		value, ok := o[name]
		if !ok {
			continue
		}
		if err := r.member(d, value, dotted(path, name)); err != nil {
			return err
		}
	}
	if b.path != "" {
		if err := r.keptWords(b.kept, o, path, known); err != nil {
			return err
		}
	}
	for name := range o {
		if !known[name] {
			return fmt.Errorf("%s: no such member", dotted(path, name))
		}
	}
	return r.trees(o[keptMember], dotted(path, keptMember))
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *textWriter) member(d *directive, value any, path string) error {
	switch {
	case d.same:
		return r.inside(d.subs[d.word], value, path, d.word)
	case d.subs == nil:
		return r.value(d, value, path)
	case d.typ.Kind() != reflect.Slice:
		return r.inside(d.subs[d.word], value, path, d.word)
	}
	list, ok := value.([]any)
	if !ok {
		return errForm(path, "a list of objects")
	}
	for i, e := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		o, ok := e.(map[string]any)
		if !ok {
			return errForm(at, "an object")
		}
		head := []string{d.word}
		for _, k := range d.subs[d.word].keys {
			key, there := o[k.word]
			text, ok := scalar(key)
			switch {
			case k.typ == reflect.TypeFor[Kind]() && there:
				if !slices.Contains(d.words, text) {
					return errForm(at+"."+k.word, "one of "+strings.Join(d.words, ", "))
				}
				head[0] = text
			case there && ok && k.kind.name == "of":
				head = append(head, text)
			case there && ok:
				head = append(head, conf.Quote(text))
			case there || k.need:
				return errForm(at+"."+k.word, "a text or a number")
			}
		}
		if err := r.inside(d.subs[head[0]], o, at, head...); err != nil {
			return err
		}
	}
	return nil
}

func (r *textWriter) inside(b *block, value any, path string, head ...string) error {
	o, ok := value.(map[string]any)
	if !ok {
		return errForm(path, "an object")
	}
	return r.enclose(path, func() error { return r.block(b, o, path) }, head...)
}

// scalar is a text or a number as text.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}
