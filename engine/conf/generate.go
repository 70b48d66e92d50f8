package conf

import (
	"strconv"
	"strings"
)

// maxGenerated bounds the lines that one generator makes.
const maxGenerated = 1 << 20

// generate carries out a line that begins with ~SEQ or ~LST, again and again
// while its result begins with one.
func (x *expander) generate(line string, s span) {
	todo := []string{line}
	for made := 0; len(todo) > 0; made++ {
		l := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !strings.HasPrefix(l, "~") {
			for part := range strings.SplitSeq(l, "\n") { // a definition may have brought several
				x.emit(s.indent+part, s.whole())
			}
			continue
		}
		lines, ok := generator(l)
		if !ok || made+len(todo)+len(lines) > maxGenerated {
			x.notes.report("bad-generator", s.place(s.from, s.to), "Value", l)
			return
		}
		for i := len(lines) - 1; i >= 0; i-- {
			todo = append(todo, lines[i])
		}
		if x.full {
			return
		}
	}
}

// generator makes the lines of one generator.
func generator(line string) ([]string, bool) {
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
		return sequence(args, text, word == "SEQx")
	case "LST":
		return list(args, text)
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
func sequence(args []string, text string, hex bool) ([]string, bool) {
	var n [3]int
	if len(args) > 4 {
		return nil, false
	}
	for i, a := range args[1:] {
		v, err := strconv.Atoi(a)
		if err != nil {
			return nil, false
		}
		n[i] = v
	}
	start, step, end := 1, 1, n[0]
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
	var lines []string
	for v := start; step > 0 && v <= end || step < 0 && v >= end; v += step {
		value := strconv.Itoa(v)
		if hex {
			value = strconv.FormatInt(int64(v), 16)
		}
		lines = append(lines, bind(text, args[0], value))
		if len(lines)*(len(text)+1) > maxExpanded {
			return nil, false
		}
	}
	return lines, true
}

// list is ~LST(VAR, v1, v2, ...) or ~LST({A,B}, {1,2}, {3,4}).
func list(args []string, text string) ([]string, bool) {
	names := members(args[0])
	var lines []string
	for _, a := range args[1:] {
		values := members(a)
		if len(values) != len(names) {
			return nil, false
		}
		line := text
		for i, name := range names {
			line = bind(line, name, values[i])
		}
		lines = append(lines, line)
		if len(lines)*(len(text)+1) > maxExpanded {
			return nil, false
		}
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

// bind replaces $NAME and ${NAME} in text.
func bind(text, name, value string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if found, n := use(text[i:]); n > 0 && found == name {
			b.WriteString(value)
			i += n
			continue
		}
		b.WriteByte(text[i])
		i++
	}
	return b.String()
}
