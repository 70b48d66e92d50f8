package model

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"

	"holdfast/engine/conf"
)

// keptWords writes the members that are not acted on.
func (r *textWriter) keptWords(words map[string]*keptWord, o map[string]any, path string, known map[string]bool) error {
	var order []*keptWord
	for w, k := range words {
		if w == k.word {
			order = append(order, k)
		}
	}
	slices.SortFunc(order, func(x, y *keptWord) int { return cmp.Compare(x.place, y.place) })
	for _, k := range order {
		value, ok := o[k.word]
		known[k.word] = true
		if !ok {
			continue
		}
		at := dotted(path, k.word)
		list, many := []any{value}, k.is("many")
		if several, ok := value.([]any); ok && (many || !k.lines() || !allText(several)) {
			list, many = several, true
		} else if many {
			return errForm(at, "a list")
		}
		for i, v := range list {
			here := at
			if many {
				here += "[" + strconv.Itoa(i) + "]"
			}
			if err := r.keptWord(k, v, here); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *textWriter) keptWord(k *keptWord, value any, path string) error {
	if o, ok := value.(map[string]any); ok && len(o) == 1 {
		if text, ok := o[textMember].(string); ok { // not as it should be, and so it stays
			return r.word(path, k.word, text)
		}
	}
	if !k.opens() {
		return r.keptArgs(k, value, path)
	}
	head := []string{k.word}
	if k.is("name") || !k.lines() {
		o, ok := value.(map[string]any)
		if !ok {
			return errForm(path, "an object")
		}
		known := map[string]bool{}
		if k.is("name") {
			known[nameMember] = true
			name, there := o[nameMember]
			if text, ok := name.(string); ok {
				head = append(head, conf.Quote(text))
			} else if there {
				return errForm(path+"."+nameMember, "a text")
			}
		}
		if !k.lines() {
			return r.enclose(path, func() error { return r.keptBlock(k, o, path, known) }, head...)
		}
		value, path = o[linesMember], dotted(path, linesMember)
	}
	return r.enclose(path, func() error { return each(value, path, r.line) }, head...)
}

func (r *textWriter) keptBlock(k *keptWord, o map[string]any, path string, known map[string]bool) error {
	if err := r.keptWords(k.blk.kept, o, path, known); err != nil {
		return err
	}
	for name := range o {
		if !known[name] {
			return errForm(dotted(path, name), "no such member, so nothing")
		}
	}
	return nil
}

func (r *textWriter) keptArgs(k *keptWord, value any, path string) error {
	switch v := value.(type) {
	case bool:
		switch {
		case k.kind.name == "flag" && !v:
			return nil
		case k.kind.name == "flag" || v && (k.kind.name == "bool" || k.optional):
			return r.word(path, k.word)
		case k.kind.name == "bool":
			return r.word(path, k.word, "no")
		}
	case json.Number:
		return r.word(path, k.word, v.String())
	case string:
		if k.kind.word {
			v = conf.Quote(v)
		}
		return r.word(path, k.word, v)
	}
	return errForm(path, k.kind.name)
}

// trees writes the statements that stand as text.
func (r *textWriter) trees(value any, path string) error {
	if value == nil {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		return errForm(path, "a list")
	}
	for i, e := range list {
		at := path + "[" + strconv.Itoa(i) + "]"
		o, ok := e.(map[string]any)
		text, has := o[textMember].(string)
		if !ok || !has || text == "" {
			return errForm(at, "an object with a text")
		}
		lines, block := o[linesMember]
		if !block {
			if err := r.line(at, text); err != nil {
				return err
			}
			continue
		}
		if err := r.enclose(at, func() error { return r.trees(lines, at+"."+linesMember) }, text); err != nil {
			return err
		}
	}
	return nil
}

func allText(list []any) bool {
	for _, v := range list {
		if _, ok := v.(string); !ok {
			return false
		}
	}
	return true
}
