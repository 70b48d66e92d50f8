package pattern

import "slices"

// Names are the words of regex_options, as keepalived 2.2.7 has them; it passes over
// any other.
var Names = []string{
	"allow_empty_class", "alt_bsux", "alt_circumflex", "alt_verbnames", "auto_callout", "caseless", "dollar_endonly", "dotall", "dupnames",
	"extended", "firstline", "match_unset_backref", "multiline", "never_backslash_c", "never_ucp", "never_utf", "no_auto_capture",
	"no_auto_possess", "no_dotstar_anchor", "no_start_optimize", "ucp", "ungreedy", "use_offset_limit", "utf",
}

// The options that change what matches. Of the others auto_callout, no_auto_possess,
// no_dotstar_anchor, no_start_optimize and use_offset_limit change only how keepalived's
// library gets there, and alt_verbnames only names of verbs.
type options struct {
	emptyClass, bsux, circumflex, caseless, dollarEnd, dotall, dupNames, extended, firstLine, unsetBackref, multiline, noCapture, ucp, ungreedy, utf bool
	neverC, neverUCP, neverUTF                                                                                                                       bool
}

func optionsOf(names []string) options {
	has := func(name string) bool { return slices.Contains(names, name) }
	return options{
		emptyClass: has("allow_empty_class"), bsux: has("alt_bsux"), circumflex: has("alt_circumflex"), caseless: has("caseless"),
		dollarEnd: has("dollar_endonly"), dotall: has("dotall"), dupNames: has("dupnames"), extended: has("extended"), firstLine: has("firstline"),
		unsetBackref: has("match_unset_backref"), multiline: has("multiline"), noCapture: has("no_auto_capture"), ucp: has("ucp"),
		ungreedy: has("ungreedy"), utf: has("utf"), neverC: has("never_backslash_c"), neverUCP: has("never_ucp"), neverUTF: has("never_utf"),
	}
}
