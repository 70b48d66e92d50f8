package terminal_test

import (
	"strings"
	"testing"

	"holdfast/server/terminal"
)

func TestColumnsAlignUnderChineseTitles(t *testing.T) {
	var b strings.Builder
	terminal.Table(&b, [][]string{{"实例", "状态"}, {"VI_1", "MASTER"}})
	want := "  实例  状态\n  VI_1  MASTER\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}
