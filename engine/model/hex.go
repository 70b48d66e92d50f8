package model

import "strings"

// Hex is bytes in hexadecimal as UDP_CHECK has them: words of digits. A digit that
// is left over at the end of a word is a byte of its own. In an answer that is
// asked for, X stands for any digit.
type Hex string

// String is the words as a statement has them.
func (h Hex) String() string { return string(h) }

// Bytes gives the bytes, and for each a mask of the bits that count.
func (h Hex) Bytes() (value, mask []byte) {
	for word := range strings.FieldsSeq(string(h)) {
		for ; word != ""; word = word[min(2, len(word)):] {
			var v, m byte
			m = 0xf0 // the first of a lone digit is 0
			for _, digit := range word[:min(2, len(word))] {
				n := strings.IndexRune(hexDigits, digit|0x20)
				v, m = v<<4, m<<4
				if n >= 0 {
					v, m = v|byte(n), m|0xf
				}
			}
			if len(word) == 1 {
				m |= 0xf0
			}
			value, mask = append(value, v), append(mask, m)
		}
	}
	return value, mask
}

const hexDigits = "0123456789abcdef"

// scanHex reads bytes. keepalived 2.2.7 takes none that end in ff. Where a word may
// stand alone it does so if its bytes are not taken: an answer is asked for all the
// same.
func (l *line) scanHex(p *Hex) bool {
	digits := hexDigits
	if l.d.optional {
		digits += "x"
	}
	var words []string
	for w, ok := l.next(); ok; w, ok = l.next() {
		if strings.Trim(strings.ToLower(w), digits+" \t") != "" {
			l.fail(Warning, "bad-hex-bytes", w)
			return l.d.optional
		}
		words = append(words, strings.Fields(w)...)
	}
	if len(words) == 0 && !l.d.optional {
		return l.missing()
	}
	h := Hex(strings.Join(words, " "))
	value, mask := h.Bytes()
	if n := len(value); n > 0 && value[n-1]&mask[n-1] == 0xff {
		l.at-- // the word behind which there was none
		l.fail(Warning, "hex-ends-in-ff", words[len(words)-1])
		return l.d.optional
	}
	*p = h
	return true
}
