package oracle

import "regexp"

// saying is a message of keepalived and the codes of our findings about the same
// defect. Where it has to stand is at the line that keepalived names, unless the
// row says that we have a better place: keepalived names the end of the block, or
// no line at all.
type saying struct {
	message *regexp.Regexp
	codes   []string
	better  bool
	why     string // what differs, and why that is right; "" where nothing does
}

// sayings are tried in turn; the first that fits a message and has a finding wins.
var sayings = []saying{
	{re(`.`), []string{"definition-ends-at-comment"}, true, "keepalived's first process reads on behind the comment, and finds words where there are none"},
	{re(`.`), []string{"mark-by-definition"}, true, "keepalived 2.2.7 moves the rest of the line by the length that it had before"},
	{re(`No file set for track_file`), []string{"missing-word"}, true, ""},
	{re(`track (file|process|bfd) .* not found`), []string{"unknown-object"}, false, ""},
	{re(`(startup|shutdown) script missing|SSL \w+ missing`), []string{"no-value"}, false, ""},
	{re(`does not support authentication`), []string{"auth-in-version-3"}, true, ""},
	{re(`due to SYNC group`), []string{"weight-in-group"}, true, ""},
	{re(`due to address_owner`), []string{"weight-of-owner"}, true, ""},
	{re(`promote_secondaries is automatically`), []string{"promote-by-vmac"}, true, ""},
	{re(`ignoring vmac if_name`), []string{"link-name-taken"}, false, ""},
	{re(`Cannot specify VRF interface|vrf can only be specified without`), []string{"vrf-with-interface"}, true, ""},
	{re(`MUST be of the same family|MUST match VRRP instance family|native_ipv6 with IPv4`), []string{"other-family"}, false, ""},
	{re(`only valid with a vmac`), []string{"without-vmac"}, true, ""},
	{re(`VMAC interface name already`), []string{"unknown-word"}, false, ""},
	{re(`min_ttl .* max_ttl`), []string{"never-heard"}, false, ""},
	{re(`file name missing`), []string{"no-value"}, false, ""},
	{re(`duplicate VRID conflict`), []string{"duplicate-vrid"}, true, ""},
	{re(`Unknown keyword '\$`), []string{"name-runs-on", "template"}, false, ""},
	{re(`[Nn]egative number`), []string{"bad-number", "out-of-range"}, false, ""},
	{re(`less than minimum|Version must be either`), []string{"out-of-range"}, false, ""},
	{re(`start/shutdown scripts`), []string{"kept-not-acted"}, true, "neither is run here, so none has to be secured"},
	{re(`VRF interface .* doesn't exist`), []string{"missing-interface"}, false, ""},
	{re(`does not have any delay set`), []string{"garp-group-without-delay"}, true, ""},
	{re(`garp_group already specified`), []string{"interface-in-two-groups"}, false, ""},
	{re(`unknown address family|Unknown protocol`), []string{"unknown-value"}, false, ""},
	{re(`repeat must be greater than 0`), []string{"at-least-one"}, false, ""},
	{re(`real-time priority .* greater than maximum`), []string{"over-the-top"}, false, ""},
	{re(`process priority specified`), []string{"out-of-range"}, false, ""},
	{re(`Route cannot be tracked if protocol`), []string{"route-of-other-protocol"}, false, ""},
	{re(`is configured on VRRP instance and sync group`), []string{"tracked-twice"}, true, ""},
	{re(`Cannot specify label for IPv6`), []string{"ipv4-only"}, false, ""},
	{re(`advertisement interval .* is out of range`), []string{"advert-too-long"}, true, ""},
	{re(`nftables already specified`), []string{"first-counts"}, false, ""},
	{re(`SSL .*already specified - replacing`), []string{"repeated-word"}, false, ""},
	{re(`Invalid peer address`), []string{"peer-with-length", "bad-address"}, false, ""},
	{re(`^Unknown keyword`), []string{"unknown-word", "unknown-block", "obsolete-word", "misplaced-word", "belongs-outside", "deprecated-word", "alias-ignored", "slashes-no-comment", "merge-mark", "template", "odd-blank", "member-outside-group", "bom", "bad-generator", "line-too-long"}, false, ""},
	{re(`^Unknown keyword`), []string{"kept-not-acted"}, false, "a word of a later keepalived than 2.2.7 is known here"},
	{re(`^Unexpected '\{'`), []string{"unknown-block", "obsolete-word", "misplaced-word", "belongs-outside", "kept-not-acted"}, false, ""},
	{re(`^(Unknown keyword|Unexpected '\{')`), echoes, true,
		"an unknown block is passed over up to its own brace here; keepalived reads its lines as those of the block around it, and goes astray"},
	{re(`deprecated`), []string{"deprecated-word", "obsolete-word", "kept-not-acted"}, false, ""},
	{re(`^\s*Please use `), []string{"deprecated-word", "obsolete-word", "kept-not-acted"}, false, ""},
	{re(`address family must match VRRP instance`), []string{"mixed-instance"}, false, ""},
	{re(`duplicate track_`), []string{"duplicate-track"}, false, ""},
	{re(`nopreempt is incompatible with priority 255`), []string{"nopreempt-owner", "nopreempt-master"}, true, ""},
	{re(`is duplicated - removing second rs`), []string{"duplicate-server"}, true, ""},
	{re(`Missing '\{' at beginning`), []string{"no-block"}, true, ""},
	{re(`Invalid ~|~LST specification|~SEQ parameter`), []string{"bad-generator"}, false, ""},
	{re(`zero port only valid`), []string{"no-port"}, true, ""},
	{re(`Invalid virtual server IP`), []string{"bad-address", "bad-port"}, false, ""},
	{re(`outside range \[0, (32|128)\]`), []string{"bad-address"}, false, ""},
	{re(`No (label|dev|scope|brd) parameter|weight without value`), []string{"no-value"}, false, ""},
	{re(`vrrp script .* (invalid, defaulting|must be greater)`), []string{"bad-number", "out-of-range"}, false, ""},
	{re(`setting hysteresis to`), []string{"hysteresis-too-large"}, true, ""},
	{re(`unknown (track.* option|route keyword|rule option|Rule option)|Unknown rule option|parsed invalid IP`), []string{"one-a-line", "unknown-word"}, false, ""},
	{re(`has no urls specified`), []string{"missing-word"}, true, ""},
	{re(`lvs_sync_daemon.*already been specified`), []string{"second-sync"}, false, ""},
	{re(`unknown state|unknown authentication type|routing method|Invalid lvs_scheduler`), []string{"unknown-value", "undefined-name"}, false, ""},
	{re(`must be in \[|outside range`), []string{"weight-beyond"}, false, ""},
	{re(`^invalid number|outside range|smtp_alert parameter|Invalid value|not valid|is invalid| invalid$|must be in \[|must be between|^Invalid .* - ignoring|^Invalid \w+ value| invalid - ignoring`), []string{"bad-number", "bad-boolean", "out-of-range", "missing-word", "kept-not-acted", "undefined-name", "whole-seconds"}, false, ""},
	{re(`Truncating auth_pass`), []string{"password-too-long"}, false, ""},
	{re(`parsed invalid IP`), []string{"bad-address", "undefined-name", "name-runs-on"}, false, ""},
	{re(`malformed src address|Invalid address prefix len`), []string{"bad-address"}, false, ""},
	{re(`^Block .* has extra parameters`), []string{"surplus-words", "no-block"}, false, ""},
	{re(`Invalid inhibit_on_failure parameter`), []string{"bad-boolean"}, false, ""},
	{re(`persistence_granularity`), []string{"bad-mask", "undefined-name"}, false, ""},
	{re(`Invalid bindto address`), []string{"bad-address"}, false, ""},
	{re(`^invalid number|Invalid (sorry|real) server`), []string{"bad-port", "bad-address"}, false, ""},
	{re(`name missing - ignoring|is missing a parameter`), []string{"undefined-name"}, false, ""},
	{re(`has only 1 virtual router`), []string{"unknown-instance"}, true, ""},
	{re(`state previously set as MASTER`), []string{"state-stays"}, false, ""},
	{re(`.`), []string{"template"}, true, "keepalived takes the braces of a template for those of blocks, and goes astray"},
	{re(`BFD instance .* (no neighbor address|disabling)`), []string{"missing-word", "kept-not-acted"}, true, "what a word that is kept says is not judged"},
	{re(`with weights due to address_owner|tracked interface due to address owner`), []string{"weight-of-owner"}, true, ""},
	{re(`iptables not supported`), []string{"kept-not-acted"}, false, "what a word that is kept says is not judged"},
	{re(`^Unknown configuration entry`), []string{"unknown-word", "one-a-line"}, false, ""},
	{re(`already specified - ignoring`), []string{"second-command"}, false, ""},
	{re(`interface .*doesn't exist|Non-existent interface`), []string{"undefined-name"}, true, ""},
	{re(`tracked interface .* doesn't exist|Non-existent interface`), []string{"no-block"}, true, "without its braces the block takes the lines after it for its own, in keepalived"},
	{re(`Interface name .* too long`), []string{"name-too-long"}, false, ""},
	{re(`is missing a parameter`), []string{"missing-value"}, false, ""},
	{re(`Config files missing`), []string{"include-missing", "include-required"}, false, ""},
	{re(`cannot use a loopback interface`), []string{"loopback"}, false, ""},
	{re(`Unknown interface!`), []string{"loopback", "missing-word", "missing-interface", "missing-value", "name-too-long", "undefined-name"}, true, ""},
	{re(`virtual router id must be set`), []string{"missing-word", "missing-value", "bad-number", "out-of-range", "undefined-name"}, true, ""},
	{re(`No script set`), []string{"missing-word", "missing-value"}, true, ""},
	{re(`track script .* not found`), []string{"unknown-script", "missing-word", "unknown-user", "script-user-missing", "script-defined-later"}, true, ""},
	{re(`Disabling track script .* not found`), []string{"script-missing", "shell-line"}, true, ""},
	{re(`SECURITY VIOLATION`), []string{"scripts-without-security"}, true, ""},
	{re(`(Unable to set|Error setting).* uid/gid`), []string{"unknown-user"}, true, ""},
	{re(`Unable to set default user`), []string{"script-user-missing", "unknown-user"}, true, ""},
	{re(`Invalid smtp server`), []string{"bad-host", "mail-server-by-name", "undefined-name"}, false, ""},
	{re(`empty notification_email block`), []string{"empty-list"}, true, ""},
	{re(`No VIP specified`), []string{"no-address", "bad-address", "undefined-name", "name-runs-on", "label-too-long", "no-value"}, true, ""},
	{re(`No VIP specified|has no real servers|No script set|track script .* not found|has no virtual router|no urls specified|parsed invalid IP|incompatible with priority 255|name missing - ignoring`),
		echoes, true, "the block was closed early by keepalived, and what it holds was lost"},
	{re(`has no real servers`), []string{"no-servers"}, true, ""},
	{re(`no protocol set`), []string{"no-protocol"}, true, ""},
	{re(`no scheduler set`), []string{"no-scheduler", "unknown-value"}, true, ""},
	{re(`no forwarding method set`), []string{"no-method", "unknown-value"}, true, ""},
	{re(`no password given`), []string{"no-password", "one-line-block", "missing-value"}, true, ""},
	{re(`Ignoring track_interface .* own interface`), []string{"own-interface"}, true, ""},
	{re(`nopreempt will not work with initial state MASTER`), []string{"nopreempt-master"}, true, ""},
	{re(`preempt delay will not work with initial state MASTER`), []string{"preempt-delay-master"}, true, ""},
	{re(`preempt_delay is incompatible`), []string{"preempt-delay-nopreempt"}, true, ""},
	{re(`both use VRID`), []string{"duplicate-vrid"}, true, ""},
	{re(`already defined`), []string{"duplicate-name"}, true, ""},
	{re(`Address label .* longer`), []string{"label-too-long"}, true, ""},
	{re(`exceeds total weight`), []string{"quorum-reduced"}, true, ""},
	{re(`must be an integer|rounding`), []string{"advert-rounded", "advert-in-hundredths"}, true, ""},
	{re(`conflicts with configured or deduced version`), []string{"version-conflicts"}, true, ""},
	{re(`has empty label`), []string{"empty-label"}, true, ""},
	{re(`ports don't match`), []string{"port-forced"}, true, ""},
	{re(`with weights due to SYNC group`), []string{"weight-in-group"}, true, ""},
	{re(`specified in sync group .* doesn't exist`), []string{"unknown-instance"}, true, ""},
	{re(`no matching virtual router found in group`), []string{"unknown-instance"}, true, ""},
	{re(`has no virtual router`), []string{"empty-group"}, true, ""},
	{re(`has only 1 virtual router`), []string{"group-of-one"}, true, ""},
	{re(`missing '\}'s`), []string{"missing-brace", "no-block", "extra-brace"}, true, ""},
	{re(`Extra '\}' found`), []string{"extra-brace", "no-block"}, true, ""},
	{re(`UNMATCHED_QUOTE|[Uu]nmatched quote|Unterminated quote|name missing - ignoring`), []string{"unmatched-quote"}, true, ""},
	{re(`route|[Rr]ule|VROUTE|ip address .* doesn't exist|Non-existent interface|invalid IP|[Uu]nicast|unicast|AH authentication|fwmark|[Vv]irtual server group|invalid number|[Ss]trict|must match being address owner|accept mode`),
		[]string{"kept-not-acted"}, true, "what a word that is kept says is not judged: the node does not act on it, and the finding says so"},
}

// echoes are the codes of findings after which keepalived goes astray.
var echoes = []string{"bom", "bad-generator", "odd-blank", "unknown-block", "misplaced-word", "belongs-outside", "obsolete-word", "missing-brace", "extra-brace", "unexpected-brace", "unexpected-block", "no-block", "undefined-name", "template", "kept-not-acted"}

// beyond are warnings of ours about texts that keepalived finds nothing wrong with.
var beyond = map[string]string{
	"kept-not-acted":     "the node behaves otherwise than keepalived would: the operator has to know",
	"include-missing":    "keepalived logs it, too, and does not count it",
	"duplicate-address":  "keepalived leaves the second one out in silence",
	"flag-with-value":    "keepalived switches it on in silence, where no was meant",
	"unquoted-arguments": "keepalived passes over the further words in silence",
	"comment-in-secret":  "keepalived cuts the password short in silence",
	"one-line-block":     "keepalived passes over the further words in silence",
	"no-auth-type":       "keepalived passes over the password in silence",
	"advert-rounded":     "the node speaks version 2, whatever the text asks for",
	"unknown-user":       "keepalived looks for the account only once the program is there, or not at all where it cannot enter the namespace that is named",
	"duplicate-virtual":  "keepalived gives both to the kernel as one service, in silence",
	"escaped-mark":       "keepalived cuts the word short in silence",
	// Rules about what is correct and hardly meant.
	"mail-without-server":  "keepalived sends nothing, and says nothing",
	"address-of-network":   "keepalived does not look at the network of an address",
	"address-of-broadcast": "keepalived does not look at the network of an address",
	"owner-as-backup":      "keepalived starts as master in silence",
	"weight-without-room":  "keepalived counts the weight in vain",
	"preemption-differs":   "keepalived does not compare the members of a group",
	"sorry-is-server":      "keepalived does not compare the servers",
	"script-writable":      "keepalived looks at it only with script security",
	"priority-set-back":    "keepalived sets it back in silence",
	"weight-in-group":      "keepalived passes over the weight in silence where the group tracks it",
	"alias-ignored":        "keepalived passes over the word where the checker is not built",
	"odd-quote":            "keepalived takes the letter for a part of the word",
}

// louder are complaints about an export that the text itself did not have.
var louder = []saying{
	{re(`No VIP specified`), []string{"no-block"}, true, "a block without braces swallows the lines after it; keepalived never came to count the addresses"},
	{re(`.`), []string{"template"}, true, "keepalived took the braces of a template for those of blocks, and saw none of the rest"},
	{re(`.`), []string{"undefined-name"}, true, "keepalived took the brace of ${NAME} for a block, and saw none of the rest"},
	{re(`.`), []string{"unexpected-block"}, true, "keepalived lost what follows the braces, and had nothing to say of it"},
	{re(`SECURITY VIOLATION`), []string{"unknown-block"}, true, "keepalived closed the block early, and never came to its script"},
	{re(`No VIP specified`), []string{"bad-address", "bad-generator"}, true, "an address whose length is none is not used here; keepalived takes the address alone; such a text is refused"},
	{re(`Ignoring track_interface`), []string{"one-a-line"}, true, "keepalived leaves out the line with two names, and so does not see the first"},
	{re(`.`), []string{"missing-value"}, true, "keepalived ended at the missing value, before it could complain about anything else"},
}

// lasting are complaints about words that an export has all the same.
var lasting = []saying{
	{re(`A unicast keyword`), []string{"unicast-without-peers"}, true,
		"who the peers should be nobody knows here: the words are exported as they were written, and adverts go to the group as with keepalived"},
	{re(`.`), []string{"missing-brace"}, true,
		"where a brace is missing the operator has to say where it belongs; such a text is refused, not exported"},
}

// gone are the complaints that no export may have.
var gone = re(`Unknown keyword|[Uu]nknown configuration entry|[Uu]nknown (route keyword|rule option|track)|Unexpected '\{'|deprecated|missing '\}'|Extra '\}'|is missing a parameter`)

func re(s string) *regexp.Regexp { return regexp.MustCompile(s) }
