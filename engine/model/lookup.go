package model

import "holdfast/engine/conf"

// Root is the block of what stands outside all blocks.
const Root = root

// Vocabulary is what is declared of each word: by its block and the word itself,
// or another word for the same.
type Vocabulary map[[2]string]*Directive

// Words is the vocabulary of keepalived.conf. It is made anew, and the caller's own.
func Words() Vocabulary {
	v := Vocabulary{}
	list := Directives()
	for i := range list {
		d := &list[i]
		v[[2]string{d.Block, d.Word}] = d
		for _, alias := range d.Aliases {
			v[[2]string{d.Block, alias}] = d
		}
	}
	return v
}

// Of is the declaration of a statement in a block, nil where there is none. Some
// words are told by the word behind them.
func (v Vocabulary) Of(block string, n *conf.Node) *Directive {
	if len(n.Words) > 1 {
		if d := v[[2]string{block, n.Word(0) + " " + n.Word(1)}]; d != nil {
			return d
		}
	}
	return v[[2]string{block, n.Word(0)}]
}

// Default is what a field is where nothing is written, as it would be written.
func (v Vocabulary) Default(block, field string) string {
	for key, d := range v {
		if key[0] == block && d.Field == field {
			return d.Default
		}
	}
	return ""
}
