package mail

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// least is how long a piece of the secret has to be to be looked for in what was
// decoded: shorter ones stand in any noise.
const least = 5

// mostDecoded bounds what is decoded of one text, in bytes. A run in which there is still
// more to decode is hidden.
const mostDecoded = 1 << 20

// within covers the runs of text that hold the secret when they are decoded, be it
// several times: a server may encode the line that it got and repeat it. Each decoding
// is shorter than what it is made of, so there is an end.
func (v *veil) within(text string, covered []bool, budget *int) {
	for from := 0; from < len(text); {
		if !encodes(text[from]) {
			from++
			continue
		}
		if n := replyCode(text, from); n > 0 {
			from += n
			continue
		}
		to := from
		for to < len(text) && encodes(text[to]) {
			to++
		}
		if to-from >= veilPiece && v.holds(text[from:to], budget) {
			for i := from; i < to; i++ {
				covered[i] = true
			}
		}
		from = to
	}
}

// replyCode is the length of the code and the hyphen of a line that goes on, 0 where no
// such begins here.
func replyCode(text string, at int) int {
	const size = len("535-")
	if at > 0 && text[at-1] != '\n' || at+size > len(text) || text[at+size-1] != '-' || strings.Trim(text[at:at+size-1], "0123456789") != "" {
		return 0
	}
	return size
}

// encodes says whether a byte may be of an encoded run: base64 in both alphabets,
// hexadecimal, and the percent signs of a URL.
func encodes(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '-' || c == '_' || c == '%'
}

// holds says whether a decoding of the run has a piece of the secret in it, or a
// decoding of that has.
func (v *veil) holds(run string, budget *int) bool {
	for _, inner := range decodings(run) {
		if *budget -= len(inner); *budget < 0 || v.shows(inner) {
			return true
		}
		deeper := make([]bool, len(inner))
		v.within(inner, deeper, budget)
		for _, c := range deeper {
			if c {
				return true
			}
		}
	}
	return false
}

// shows says whether a piece of the secret stands in the text as it is.
func (v *veil) shows(text string) bool {
	folded := lower(text)
	for size := range v.sizes {
		for i := 0; size >= least && i+size <= len(folded); i++ {
			if v.pieces[folded[i:i+size]] {
				return true
			}
		}
	}
	return false
}

// decodings are what a run may have been made of. It may have begun before, so that
// each place of a group of characters is tried.
func decodings(run string) (all []string) {
	if strings.Contains(run, "%") {
		all = append(all, percent(run))
	}
	for _, digits := range strings.FieldsFunc(run, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }) {
		for skip := 0; skip < 2 && len(digits) >= 2*least; skip++ {
			part := digits[skip:]
			if text, err := hex.DecodeString(part[:len(part)&^1]); err == nil {
				all = append(all, string(text))
			}
		}
	}
	for part := range strings.SplitSeq(run, "%") {
		for skip := 0; skip < 4 && len(part)-skip >= veilPiece; skip++ {
			if text, ok := fromBase64(part[skip:]); ok {
				all = append(all, text)
			}
		}
	}
	return all
}

// percent decodes the bytes of a URL that are written as such, and leaves the rest.
func percent(run string) string {
	var b strings.Builder
	for i := 0; i < len(run); i++ {
		if run[i] == '%' && i+2 < len(run) {
			if c, err := hex.DecodeString(run[i+1 : i+3]); err == nil {
				b.Write(c)
				i += 2
				continue
			}
		}
		b.WriteByte(run[i])
	}
	return b.String()
}

// fromBase64 decodes either alphabet. A last character that is alone says nothing.
func fromBase64(part string) (string, bool) {
	if len(part)%4 == 1 {
		part = part[:len(part)-1]
	}
	alphabet := base64.RawStdEncoding
	if strings.ContainsAny(part, "-_") {
		alphabet = base64.RawURLEncoding
	}
	text, err := alphabet.DecodeString(part)
	return string(text), err == nil
}
