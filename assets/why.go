package assets

import "maps"

// Why words why an instance is in its role. The fact reason of a fault is worded, too.
func Why(lang, code string, facts map[string]string) string {
	facts = maps.Clone(facts)
	facts["reason"] = Reason(lang, facts)
	return Text(lang, "why."+code, oneLine(facts))
}

// If words what a tracked thing would change if it failed now, or came back.
func If(lang, code string, fails bool, facts map[string]string) string {
	id := "if-comes-back"
	if fails {
		id = "if-fails"
	}
	facts = oneLine(maps.Clone(facts))
	facts["then"] = Text(lang, "if."+code, facts)
	return Text(lang, "why-"+id, facts)
}
