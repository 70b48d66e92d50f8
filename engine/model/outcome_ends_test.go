package model

import "testing"

// Of such a line it would be untrue that it exits with 0 whatever happens.
func TestALineThatMayEndItsOwnShellIsNotSaidToSucceedAlways(t *testing.T) {
	for _, line := range []string{
		"test -e /run/x || kill $$ ; echo 0",
		"test -e /run/x || kill -9 $BASHPID; echo 0",
		"test -e /run/x || exec false; echo 0",
		"eval \"$CHECK\"; echo 0",
		". /etc/check; echo 0",
	} {
		if part := neverFails(&Command{Line: line, Shell: true}); part != "" {
			t.Errorf("%s: %q is said to decide", line, part)
		}
	}
	for _, line := range []string{"exec 2>/dev/null; test -e /run/x; echo 0", "test -e /run/x || kill 17; echo 0"} {
		if neverFails(&Command{Line: line, Shell: true}) == "" {
			t.Errorf("%s: always exits with 0, and nothing is said", line)
		}
	}
}
