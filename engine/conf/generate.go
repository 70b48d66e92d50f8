package conf

import (
	"strconv"
	"strings"
)

// maxGenerated bounds the lines that one generator makes, and maxShown what is
// shown of one that cannot be carried out.
const (
	maxGenerated = 1 << 20
	maxShown     = 80
)

// generate carries out a line that begins with ~SEQ or ~LST, again and again
// while its result begins with one.
func (x *expander) generate(line string, s *span) {
	todo := []string{line}
	for made := 0; len(todo) > 0 && !x.full; made++ {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !strings.HasPrefix(l, "~") {
			x.several(l, s) // a definition may have brought several
			continue
		}
		x.spend(len(l) + generatorCost)
		lines, ok := x.generator(l)
		if !ok || made+len(todo)+len(lines) > maxGenerated {
			if !x.full {
				x.notes.report("bad-generator", s.place(s.from, s.to), "Value", Beginning(l, maxShown))
			}
			return
		}
		for i := len(lines) - 1; i >= 0; i-- {
			todo = append(todo, lines[i])
		}
	}
}

// generator makes the lines of one generator.
func (x *expander) generator(line string) ([]string, bool) {
	word, rest, ok := strings.Cut(line[1:], "(")
	if !ok {
		return nil, false
	}
	args, text, ok := arguments(rest)
	if !ok || len(args) < 2 {
		return nil, false
	}
	text = strings.TrimLeft(text, " \t")
	switch word {
	case "SEQ", "SEQx":
		return x.sequence(args, text, word == "SEQx")
	case "LST":
		return x.list(args, text)
	}
	return nil, false
}

// arguments reads what stands up to the closing parenthesis, parted by commas;
// braces hold a list together.
func arguments(s string) (args []string, rest string, ok bool) {
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '{':
			depth++
		case '}':
			depth--
		case ',', ')':
			if depth > 0 {
				continue
			}
			args = append(args, strings.TrimSpace(s[from:i]))
			if from = i + 1; s[i] == ')' {
				return args, s[from:], true
			}
		}
	}
	return nil, "", false
}

// sequence is ~SEQ(VAR[, start[, step]], end).
func (x *expander) sequence(args []string, text string, hex bool) ([]string, bool) {
	var n [3]int64
	if len(args) > 4 {
		return nil, false
	}
	for i, a := range args[1:] {
		v, err := strconv.ParseInt(a, 10, 32) // so that no sum overflows
		if err != nil {
			return nil, false
		}
		n[i] = v
	}
	start, step, end := int64(1), int64(1), n[0]
	switch len(args) {
	case 3:
		start, end = n[0], n[1]
	case 4:
		start, step, end = n[0], n[1], n[2]
	}
	if len(args) < 4 && end < start {
		step = -1
	}
	if step == 0 || (end-start)/step < 0 || (end-start)/step >= maxGenerated {
		return nil, false
	}
	base := 10
	if hex {
		base = 16
	}
	var lines []string
	for v := start; step > 0 && v <= end || step < 0 && v >= end; v += step {
		line, ok := x.bind(text, args[0], strconv.FormatInt(v, base))
		if !ok {
			return nil, false
		}
		lines = append(lines, line)
	}
	return lines, true
}

// list is ~LST(VAR, v1, v2, ...) or ~LST({A,B}, {1,2}, {3,4}).
func (x *expander) list(args []string, text string) ([]string, bool) {
	names := members(args[0])
	var lines []string
	for _, a := range args[1:] {
		values := members(a)
		if len(values) != len(names) {
			return nil, false
		}
		line, ok := text, true
		for i, name := range names {
			if line, ok = x.bind(line, name, values[i]); !ok {
				return nil, false
			}
		}
		lines = append(lines, line)
	}
	return lines, true
}

func members(s string) []string {
	inner, ok := strings.CutPrefix(s, "{")
	if !ok {
		return []string{s}
	}
	parts := strings.Split(strings.TrimSuffix(inner, "}"), ",")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// bind replaces $NAME and ${NAME} in text. False means that there is no room for
// the result.
func (x *expander) bind(text, name, value string) (string, bool) {
	x.spend(len(text) + stepCost)
	var b strings.Builder
	plain := 0
	for i := 0; !x.full; {
		next := strings.IndexByte(text[i:], '$')
		if next < 0 {
			b.WriteString(text[plain:])
			return b.String(), true
		}
		i += next
		found, n := use(text[i:])
		if n == 0 || found != name {
			i++
			continue
		}
		b.WriteString(text[plain:i])
		b.WriteString(value)
		i += n
		plain = i
		if x.spend(len(value)); b.Len() > maxGrown {
			x.full = true
		}
	}
	return "", false
}
