package assets

import (
	"strings"
	"testing"
)

func TestEveryKindOfEntryHasASentenceInEveryLanguage(t *testing.T) {
	facts := map[string]string{
		"from": "A1", "to": "UP", "priority": "100", "virtual": "V1", "server": "S1", "check": "C1", "weight": "3", "quorum": "2", "hysteresis": "0",
		"command": "CMD1", "hash": "0123456789abcdef", "previous": "fedcba9876543210", "operations": "7", "code": "CODE1", "operation": "OP1",
		"pid": "4711", "how": "resumed", "count": "9", "reason": "R1",
	}
	for kind, must := range map[string][]string{
		"instance-state": {"O1", "A1", "UP", "R1"}, "group-state": {"O1", "A1", "UP", "R1"}, "server-state": {"V1", "S1", "A1", "UP", "R1"},
		"quorum-state": {"O1", "3", "2", "R1"}, "priority-change": {"O1", "A1", "UP"}, "script-state": {"O1", "UP", "R1"}, "session-state": {"O1", "UP", "R1"}, "script-failed": {"O1", "CMD1", "R1"},
		"applied": {"01234567", "7"}, "confirmed": {"01234567"}, "reverted": {"01234567", "fedcba98", "R1"}, "refused": {"01234567", "R1"},
		"held": {"O1", "R1"}, "unheld": {"O1", "CODE1"}, "kernel-error": {"OP1", "R1"}, "drift": {"OP1", "R1"}, "started": {"4711"}, "stopped": {"4711"},
		"lost": {"9"}, "notice": {"O1", "R1"},
	} {
		for _, lang := range Langs {
			for _, f := range []map[string]string{facts, nil} {
				said := Event(lang, kind, "O1", f)
				if strings.HasPrefix(said, "[journal.") || strings.Contains(said, "<no value>") || strings.Contains(said, "{{") {
					t.Errorf("%s %s: %s", lang, kind, said)
				}
				for _, part := range must {
					if f != nil && !strings.Contains(said, part) {
						t.Errorf("%s %s: %q lacks %s", lang, kind, said, part)
					}
				}
			}
		}
	}
}

func TestReasonsThatAreNoCodesStayAsTheyWereSaid(t *testing.T) {
	if got := Reason("en", map[string]string{"reason": "connection refused {{x}}"}); got != "connection refused {{x}}" {
		t.Fatalf("got %q", got)
	}
	if got := Reason("en", nil); got != "" {
		t.Fatalf("got %q", got)
	}
}

func TestEventLeavesTheFactsAlone(t *testing.T) {
	facts := map[string]string{"reason": "r"}
	Event("en", "notice", "O1", facts)
	if len(facts) != 1 || facts["reason"] != "r" {
		t.Fatalf("got %v", facts)
	}
}

func TestWhatIsHeldBackIsExplainedByItsCode(t *testing.T) {
	facts := map[string]string{"code": "no-interface", "interface": "eth7"}
	for _, lang := range Langs {
		held, unheld := Event(lang, "held", "VI_1", facts), Event(lang, "unheld", "VI_1", facts)
		if !strings.Contains(held, "VI_1") || !strings.Contains(held, Text(lang, "held.no-interface", facts)) {
			t.Errorf("%s: %s", lang, held)
		}
		if !strings.Contains(unheld, Text(lang, "reason.no-interface", facts)) {
			t.Errorf("%s: %s", lang, unheld)
		}
	}
}

func TestNoticesOfTheRolesHaveWords(t *testing.T) {
	for _, lang := range Langs {
		for _, code := range []string{"not-real-time", "memory-not-locked", "ha-suspend", "probes-full", "script-overran"} {
			if words, found := find(lang, "notice."+code, map[string]string{"reason": "R1"}); !found {
				t.Errorf("%s %s: %s", lang, code, words)
			}
		}
	}
}
