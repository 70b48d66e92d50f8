package model

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"holdfast/engine/conf"
)

// jsonItems are the members for what is kept.
func jsonItems(words map[string]*keptWord, items []Item) object {
	o, rest := object{}, []any(nil)
	for len(items) > 0 {
		var of []Item
		word := items[0].Word
		of, items = named(items, word)
		k := words[word]
		switch {
		case k == nil:
			for _, i := range of {
				rest = append(rest, jsonTree(i))
			}
		case k.is("many") || len(of) > 1: // what is not valid stays beside what is
			var list []any
			for _, i := range of {
				list = append(list, jsonItem(k, i))
			}
			o.add(word, list)
		default:
			o.add(word, jsonItem(k, of[0]))
		}
	}
	if rest != nil {
		o.add(keptMember, rest)
	}
	return o
}

func jsonItem(k *keptWord, i Item) any {
	text := strings.Join(i.Args, " ")
	switch {
	case k.opens() != i.Block, !k.opens() && k.odd(i.Args):
		return object{{textMember, text}}
	case !k.opens():
		return jsonArgs(k, i.Args, text)
	}
	var lines []string
	for _, l := range i.Lines {
		lines = append(lines, strings.Join(append([]string{l.Word}, l.Args...), " "))
	}
	o := object{}
	switch {
	case k.is("name"):
		if len(i.Args) > 0 {
			o.add(nameMember, conf.Unquote(text))
		}
	case k.lines():
		return append([]string{}, lines...)
	}
	if k.lines() {
		o.add(linesMember, append([]string{}, lines...))
		return o
	}
	return append(o, jsonItems(k.blk.kept, i.Lines)...)
}

// odd says whether there are more words behind k, or fewer, than its kind has.
func (k *keptWord) odd(args []string) bool {
	switch {
	case k.kind.name == "flag":
		return len(args) > 0
	case k.kind.name == "bool":
		return len(args) > 0 && !slices.Equal(args, []string{"no"})
	case k.kind.word:
		return len(args) > 1 || len(args) == 0 && !k.optional
	}
	return len(args) == 0 && !k.optional
}

func jsonArgs(k *keptWord, args []string, text string) any {
	switch {
	case k.kind.name == "bool":
		return len(args) == 0
	case len(args) == 0:
		return true
	case k.kind.word:
		return conf.Unquote(args[0])
	case len(args) == 1 && (k.kind.number || k.kind.name == "weight"):
		if f, err := strconv.ParseFloat(args[0], 64); err == nil && json.Valid([]byte(args[0])) && f == f {
			return json.Number(args[0])
		}
	}
	return text
}

// jsonTree is a statement as text.
func jsonTree(i Item) any {
	o := object{{textMember, strings.Join(append([]string{i.Word}, i.Args...), " ")}}
	if i.Block {
		lines := []any{}
		for _, l := range i.Lines {
			lines = append(lines, jsonTree(l))
		}
		o.add(linesMember, lines)
	}
	return o
}
