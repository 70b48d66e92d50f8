package model

import (
	"strconv"
	"strings"
)

// sampleItem writes a statement that is not acted on, with all that may stand on
// its line or on the lines in its braces.
func sampleItem(k *keptWord) Item {
	i := Item{Word: k.word, Block: k.opens()}
	if k.is("name") {
		i.Args = []string{`"a name"`}
	}
	switch k.kind.name {
	case "block":
		i.Lines = sampleKept(k.blk)
	case "flag":
	case "bool":
		i.Args = []string{"no"}
	case "weight":
		i.Args = []string{sampleNumber(k), "reverse"}
	case "text":
		i.Args = []string{`"one word"`}
	case "command":
		i.Args = []string{`"/bin/run \"it is\" now"`, "nobody"}
	case "sync":
		i.Args = append([]string{"eth0", "V"}, sampleOptions(k.word)...)
	case "timeouts", "ipvlan":
		i.Args = sampleOptions(k.word)
	case "every":
		i.Args = []string{"all", sampleNumber(k)}
	case "misses":
		i.Args = []string{"+read", "-match"}
	case "initial":
		i.Args = []string{"5", "overwrite"}
	case "policy":
		i.Args = []string{"MTU"}
	case "mode":
		i.Args = []string{"IRUSR|IWUSR"}
	case "cpus":
		i.Args = []string{"0", "1"}
	case "hex":
		i.Args = []string{"0a0b", "0c"}
	case "key":
		i.Args = []string{"7", "hex:" + strings.Repeat("0f", keyShortest)}
	case "names":
		i.Args = []string{"alpha", `"two words"`}
		if len(k.values) > 0 {
			i.Args = k.values
		}
	default:
		if k.lines() {
			i.Lines = sampleLines(k)
		} else {
			i.Args = sampleValue(k)
		}
	}
	return i
}

// sampleLines writes a line for every word that a block of values may have.
func sampleLines(k *keptWord) []Item {
	first := map[string]string{"addresses": "192.0.2.1/24", "routes": "198.51.100.0/24", "rules": "not", "tracks": "x",
		"peers": "192.0.2.2", "members": "192.0.2.1-9 80", "linkbeat": "eth0", "delays": "eth0 5 0.5"}[k.kind.name]
	if first == "" {
		return []Item{{Word: "eth0"}, {Word: "192.0.2.1-9", Args: []string{"80"}}}
	}
	words := strings.Fields(first)
	lines := []Item{{Word: words[0], Args: append([]string(nil), words[1:]...)}}
	if k.kind.name == "delays" {
		return lines
	}
	if k.kind.name == "members" {
		return append(lines, Item{Word: "fwmark", Args: []string{"7", "inet6"}}, Item{Word: "192.0.2.16/28"})
	}
	for _, w := range optionNames(k.options) {
		o := k.options[w]
		args := append([]string{w}, sampleValue(o)...)
		if w == "to" { // it is the destination itself
			lines = append(lines, Item{Word: w, Args: args[1:]})
			continue
		}
		lines = append(lines, Item{Word: words[0], Args: args})
	}
	return lines
}

// sampleOptions writes the words of a line with their values.
func sampleOptions(block string) []string {
	var out []string
	for _, w := range optionNames(readKept()[block]) {
		out = append(append(out, w), sampleValue(readKept()[block][w])...)
	}
	return out
}

func sampleValue(k *keptWord) []string {
	switch k.kind.name {
	case "flag":
		return nil
	case "addr", "gateway", "target":
		if k.addr != "" {
			return []string{map[bool]string{true: "224.0.0.9", false: "ff02::9"}[k.word == "group"]}
		}
		return []string{"192.0.2.7"}
	case "prefix":
		return []string{"192.0.2.0/24"}
	case "choice", "encap":
		return []string{k.values[0]}
	case "metric":
		return []string{"lock", sampleNumber(k)}
	case "time":
		return []string{"lock", "20ms"}
	case "control":
		return []string{"lock", "cubic"}
	case "lifetime":
		return []string{"forever"}
	case "octet":
		return []string{"0x10"}
	case "scope":
		return []string{"link"}
	case "broadcast":
		return []string{"+"}
	case "mark":
		return []string{"7/0xff"}
	case "span":
		return []string{"5-9"}
	case "whole", "secs", "weight", "octal":
		return []string{sampleNumber(k)}
	}
	return []string{"eth0"}
}

func sampleNumber(k *keptWord) string {
	if k.ranged {
		return strconv.FormatFloat(max(k.min, min(7, k.max)), 'f', -1, 64)
	}
	return "7"
}
