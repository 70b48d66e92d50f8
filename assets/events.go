package assets

import "maps"

// EventFacts are what a sentence about a journal entry may ask for.
var EventFacts = []string{
	"from", "to", "virtual", "server", "weight", "quorum", "hysteresis", "check", "priority", "command", "hash", "previous", "operations",
	"operation", "code", "pid", "how", "vrid", "count", "limit", "interface", "address", "about", "holder", "interval", "took", "version", "own_version", "owner", "note", "object", "reason",
}

// Event words one journal entry in lang: a sentence that names the object, what
// changed and why. It takes the entry's parts, so that a page, a mail and the
// log word the same entry alike. A held or notice entry is explained by the
// words of its code ("held.CODE", "notice.CODE").
func Event(lang, kind, object string, facts map[string]string) string {
	args := map[string]string{ // what a sentence may name: a missing fact is left out
		"from": "", "to": "", "virtual": "", "server": "", "weight": "", "quorum": "", "command": "", "hash": "", "previous": "",
		"operations": "", "code": "", "operation": "", "pid": "", "how": "", "count": "", "interface": "", "address": "",
	}
	maps.Copy(args, oneLine(facts))
	if args["object"] == "" {
		args["object"] = OneLine(object)
	}
	args["reason"] = Reason(lang, facts)
	switch kind {
	case "held", "notice":
		if words, found := find(lang, kind+"."+args["code"], args); found {
			args["reason"] = words
		}
	case "unheld":
		args["code"] = Reason(lang, map[string]string{"reason": args["code"]})
	}
	return Text(lang, "journal."+kind, args)
}

// Reason words the reason in an entry's facts. A code has its sentence under
// "reason.CODE", with the facts as arguments; anything else is already what a
// check, a script or the kernel said, and stays as it is.
func Reason(lang string, facts map[string]string) string {
	facts = oneLine(facts)
	if words, found := find(lang, "reason."+facts["reason"], facts); found {
		return words
	}
	return Said(lang, facts["reason"])
}

// find is Text for an id that may not exist.
func find(lang, id string, args map[string]string) (words string, found bool) {
	words = Text(lang, id, args)
	return words, words != "["+id+"]"
}
