package model

import (
	"fmt"
	"testing"
)

// What keepalived 2.2.7 sends for each was seen on the wire; what it compares, by
// answers of aa bb cc.
func TestHexIsReadAsKeepalivedReadsIt(t *testing.T) {
	for text, want := range map[string]string{
		"0102":   "0102 ffff",
		"01020":  "010200 ffffff",
		"0a 0":   "0a00 ffff",
		"0 1 2":  "000102 ffffff",
		"123 45": "120345 ffffff",
		"aX":     "a0 f0",
		"0X":     "00 f0",
		"X":      "00 f0",
		"xb Xx":  "0b00 0f00",
		"":       " ",
	} {
		value, mask := Hex(text).Bytes()
		if got := fmt.Sprintf("%x %x", value, mask); got != want {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}
