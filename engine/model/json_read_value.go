package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// value writes one directive.
func (r *textWriter) value(d *directive, value any, path string) error {
	if d.memberName() == flagsMember {
		return each(value, path, func(at, w string) error {
			if !slices.Contains(d.words, w) {
				return errForm(at, "one of "+strings.Join(d.words, ", "))
			}
			return r.word(at, w)
		})
	}
	if d.kind.list != nil && d.kind.list.alone {
		return each(value, path, func(at, text string) error { return r.word(at, d.word, text) })
	}
	if d.lines() {
		return r.enclose(path, func() error {
			return each(value, path, func(at, text string) error {
				return r.line(at, d.quoted(text))
			})
		}, d.word)
	}
	switch v := value.(type) {
	case bool:
		return r.yes(d, v, path)
	case map[string]any:
		var words []string
		if d.kind.unjson != nil {
			words = d.kind.unjson(v)
		}
		if words == nil {
			return errForm(path, "a line and a user")
		}
		return r.word(path, append([]string{d.word}, words...)...)
	case json.Number:
		return r.one(d, path, v.String())
	case string:
		return r.one(d, path, d.quoted(v))
	}
	return errForm(path, "a text, a number, true or false")
}

// one writes a word and its value, in a comment where keepalived lacks the word.
func (r *textWriter) one(d *directive, path, value string) error {
	switch {
	case !d.comment:
		return r.word(path, d.word, value)
	case strings.ContainsAny(value, "\n\r\x00"):
		return errForm(path, "the text of one statement")
	}
	r.write(path, d.begin()+" "+value)
	return nil
}

func (r *textWriter) yes(d *directive, yes bool, path string) error {
	switch {
	case d.isFlag() && !yes:
		return nil
	case d.kind.name != "bool" || len(d.values) > 0:
		return errForm(path, "a text or a number")
	case d.comment && yes:
		r.write(path, d.begin())
		return nil
	case yes:
		return r.word(path, d.word)
	}
	return r.one(d, path, "no")
}

// each reads a list of texts.
func each(value any, path string, do func(at, text string) error) error {
	list, ok := value.([]any)
	if !ok {
		return errForm(path, "a list of texts")
	}
	for i, e := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		text, ok := e.(string)
		if !ok {
			return errForm(at, "a text")
		}
		if err := do(at, text); err != nil {
			return err
		}
	}
	return nil
}
