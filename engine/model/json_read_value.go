package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// value writes one directive.
func (r *textWriter) value(d *directive, value any, path string) error {
	kind := d.kind(d.word)
	if d.memberName() == flagsMember {
		return each(value, path, func(at, w string) error {
			if !slices.Contains(d.words, w) {
				return errForm(at, "one of "+strings.Join(d.words, ", "))
			}
			return r.word(at, w)
		})
	}
	if d.lines() {
		return r.enclose(path, func() error {
			return each(value, path, func(at, text string) error {
				if kind == "lines" {
					text = conf.Quote(text)
				}
				return r.line(at, text)
			})
		}, d.word)
	}
	switch v := value.(type) {
	case bool:
		return r.yes(d, v, path, kind)
	case map[string]any:
		line, _ := v["line"].(string)
		user, ok := v["user"].(string)
		group, _ := v["group"].(string)
		if kind != "command" || line == "" || !ok {
			return errForm(path, "a line and a user")
		}
		words := []string{d.word, conf.QuoteCommand(line), conf.QuoteCommand(user)}
		if group != "" {
			words = append(words, conf.QuoteCommand(group))
		}
		return r.word(path, words...)
	case json.Number:
		return r.word(path, d.word, v.String())
	case string:
		switch kind {
		case "command":
			return r.word(path, d.word, conf.QuoteCommand(v))
		case "text":
			return r.word(path, d.word, conf.Quote(v))
		}
		return r.word(path, d.word, v)
	}
	return errForm(path, "a text, a number, true or false")
}

func (r *textWriter) yes(d *directive, yes bool, path, kind string) error {
	switch {
	case kind == "flag" && yes, kind == "bool" && yes:
		return r.word(path, d.word)
	case kind == "flag":
		return nil
	case kind == "bool":
		return r.word(path, d.word, "no")
	}
	return errForm(path, "a text or a number")
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
