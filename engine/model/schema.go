package model

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Schema is the JSON Schema (draft 2020-12) of what JSON writes, from the table.
// describe gives the sentence of a directive by its ID; an empty one is left out.
func Schema(describe func(id string) string) ([]byte, error) {
	s := schema{describe: describe, defs: object{}}
	root := s.block(readTable(), readTable().word)
	s.defs.add("statement", object{{"type", "object"}, {"required", []string{"text"}}, {"properties", object{
		{"text", object{{"type", "string"}}},
		{linesMember, listSchema(ref("statement"))}}}, {"additionalProperties", false}})
	out := append(object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "keepalived.conf"}}, root...)
	out.add("$defs", s.defs)
	return json.MarshalIndent(out, "", "  ")
}

// schema gathers the definitions of blocks.
type schema struct {
	describe func(id string) string
	defs     object
}

func ref(name string) object { return object{{"$ref", "#/$defs/" + name}} }

func listSchema(of object) object { return object{{"type", "array"}, {"items", of}} }

func oneOf(of ...object) object { return object{{"oneOf", of}} }

// define puts a definition under its name, once, and gives the reference to it.
func (s *schema) define(name string, make func() object) object {
	if !slices.ContainsFunc(s.defs, func(f field) bool { return f.name == name }) {
		at := len(s.defs)
		s.defs.add(name, nil) // before what it holds itself
		s.defs[at].value = make()
	}
	return ref(name)
}

// block is the object of a block, under one of its words.
func (s *schema) block(b *block, word string) object {
	members, required := object{}, []string{}
	for _, k := range b.keys {
		if b.shares {
			break
		}
		value := typeOf(k)
		if k.typ == reflect.TypeFor[Kind]() {
			value = object{{"const", word}}
		}
		if k.need {
			required = append(required, k.word)
		}
		members.add(k.word, value)
	}
	for _, d := range b.order {
		if d.need {
			required = append(required, d.memberName())
		}
		members.add(d.memberName(), s.describeAs(b.word, d.word, s.directive(d)))
	}
	members = append(members, s.kept(b.kept, b.word)...)
	members.add(keptMember, listSchema(ref("statement")))
	o := object{{"type", "object"}, {"properties", members}, {"additionalProperties", false}}
	if len(required) > 0 {
		o.add("required", required)
	}
	return o
}

func (s *schema) describeAs(block, word string, o object) object {
	if block == "" {
		block = root
	}
	if text := s.describe(idBlock(block) + "." + word); text != "" {
		return append(object{{"description", text}}, o...)
	}
	return o
}

func (s *schema) directive(d *directive) object {
	if d.subs == nil {
		if d.memberName() == flagsMember {
			return listSchema(object{{"enum", d.words}})
		}
		return typeOf(d)
	}
	var blocks []object
	for _, w := range d.words {
		blocks = append(blocks, s.define(d.subs[w].path, func() object { return s.block(d.subs[w], w) }))
	}
	one := blocks[0]
	if len(blocks) > 1 {
		one = oneOf(blocks...)
	}
	if !d.same && d.typ.Kind() == reflect.Slice {
		return listSchema(one)
	}
	return one
}

// kept are the members of a block that are not acted on.
func (s *schema) kept(words map[string]*keptWord, block string) object {
	var order []*keptWord
	for w, k := range words {
		if w == k.word {
			order = append(order, k)
		}
	}
	slices.SortFunc(order, func(x, y *keptWord) int { return cmp.Compare(x.place, y.place) })
	members := object{}
	for _, k := range order {
		one := s.keptWord(k)
		if k.is("many") {
			one = listSchema(one)
		}
		members.add(k.word, s.describeAs(block, k.word, one))
	}
	return members
}

func (s *schema) keptWord(k *keptWord) object {
	text := object{{"type", "string"}}
	if !k.opens() {
		one := typeOf(k.directive)
		if k.optional {
			return oneOf(one, object{{"const", true}})
		}
		return one
	}
	if k.lines() && !k.is("name") {
		return listSchema(text)
	}
	return s.define(k.block.word+"."+k.word, func() object {
		members, required := object{}, []string{}
		if k.is("name") {
			members.add(nameMember, text)
			required = append(required, nameMember)
		}
		if k.lines() {
			members.add(linesMember, listSchema(text))
			required = append(required, linesMember)
		} else {
			members = append(members, s.kept(k.blk.kept, k.word)...)
		}
		return object{{"type", "object"}, {"properties", members}, {"additionalProperties", false}, {"required", required}}
	})
}

// typeOf is the schema of a value: its JSON type and what the table says of it.
func typeOf(d *directive) object {
	switch {
	case d.kind.list != nil:
		return listSchema(textOnly())
	case d.kind.schema != nil:
		return d.kind.schema(d)
	}
	return textSchema(d)
}

func textOnly() object { return object{{"type", "string"}} }

func textSchema(d *directive) object {
	text := textOnly()
	if d.longest > 0 {
		text.add("maxLength", d.longest)
	}
	if d.hex > 0 {
		text.add("pattern", fmt.Sprintf("^[0-9a-fA-F]{%d}$", d.hex))
	}
	return text
}

func boolSchema(d *directive) object {
	if len(d.values) > 0 {
		return choiceSchema(d)
	}
	return object{{"type", "boolean"}}
}

func numberSchema(number string) func(d *directive) object {
	return func(d *directive) object { return append(object{{"type", number}}, bounds(d)...) }
}

func weightSchema(d *directive) object {
	return oneOf(numberSchema("integer")(d), object{{"type", "string"}, {"pattern", `^-?[0-9]+ reverse$`}})
}

// choiceSchema is that of one of some words, where there are such; of a word with
// forms that are not acted on, more may follow as text.
func choiceSchema(d *directive) object {
	switch {
	case len(d.values) == 0:
		return textSchema(d)
	case len(d.kept) > 0:
		return formsSchema(d)
	}
	return object{{"enum", d.values}}
}

func formsSchema(d *directive) object { return append(textOnly(), field{"examples", d.values}) }

func commandSchema(*directive) object {
	return oneOf(textOnly(), object{{"type", "object"}, {"required", []string{"line", "user"}}, {"properties", object{
		{"line", textOnly()}, {"user", textOnly()}, {"group", textOnly()}}}, {"additionalProperties", false}})
}

// bounds are the range and the default. A default may lie outside of the range, as
// that of vrrp_garp_interval does, and many a text writes it out.
func bounds(d *directive) object {
	o := object{}
	number, err := json.Number(d.def).Float64()
	if d.ranged {
		least, most := d.min, d.max
		if err == nil {
			least, most = min(least, number), max(most, number)
		}
		o.add("minimum", least)
		o.add("maximum", most)
	}
	if err == nil {
		o.add("default", json.Number(d.def))
	}
	return o
}
