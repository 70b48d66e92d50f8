package assets

import "maps"

// Event words one journal entry in lang: a sentence that names the object, what
// changed and why. It takes the entry's parts, so that a page, a mail and the
// log word the same entry alike.
func Event(lang, kind, object string, facts map[string]string) string {
	args := maps.Clone(facts)
	if args == nil {
		args = map[string]string{}
	}
	if args["object"] == "" {
		args["object"] = object
	}
	args["reason"] = Reason(lang, facts)
	return Text(lang, "journal."+kind, args)
}

// Reason words the reason in an entry's facts. A code has its sentence under
// "reason.CODE", with the facts as arguments; anything else is already what a
// check, a script or the kernel said, and stays as it is.
func Reason(lang string, facts map[string]string) string {
	said := facts["reason"]
	if said == "" {
		return ""
	}
	id := "reason." + said
	if words := Text(lang, id, facts); words != "["+id+"]" {
		return words
	}
	return said
}
