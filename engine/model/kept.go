package model

import (
	"strings"
	"sync"
)

func keptWords(word string, parent *block) (map[string]bool, map[string]string) {
	return readKept()[word], readGone()[word]
}

var readKept = sync.OnceValue(func() map[string]map[string]bool { return map[string]map[string]bool{} })
var readGone = sync.OnceValue(func() map[string]map[string]string { return map[string]map[string]string{} })
var _ = strings.Fields
