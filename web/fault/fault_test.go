package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"holdfast/assets"
	"holdfast/engine/cards"
	"holdfast/engine/conf"
	"holdfast/engine/control"
	"holdfast/engine/objects"
	"holdfast/store"
)

func TestEveryFaultHasItsStatus(t *testing.T) {
	for _, row := range []struct {
		err    error
		code   string
		status int
	}{
		{New("needs-yes"), "needs-yes", 422},
		{In("host", "mail-host"), "mail-host", 422},
		{fmt.Errorf("read revision: %w", store.ErrNotFound), NotFound, 404},
		{fmt.Errorf("save: %w", store.ErrConflict), Conflict, 409},
		{&control.Problem{Code: control.Conflict}, "running-changed", 409},
		{&control.Problem{Code: control.Busy}, "busy", 503},
		{&control.Problem{Code: control.Failed, Message: "no such device"}, "role-failed", 502},
		{&control.Problem{Code: control.Invalid, Args: map[string]string{"code": "program-refused", "reason": "user"}}, "program-user", 403},
		{&control.Problem{Code: control.Invalid, Args: map[string]string{"code": "bad-number", "line": "3"}}, "role-failed", 502},
		{&http.MaxBytesError{Limit: 1}, "too-large", 413},
		{context.DeadlineExceeded, RoleAway, 503},
		{errors.New("disk full"), Internal, 500},
		{fmt.Errorf("save: %w", store.ErrFull), StoreFull, 507},
		{fmt.Errorf("save: %w", store.ErrGone), StoreGone, 503},
		{fmt.Errorf("save: %w", store.ErrReadOnly), StoreReadOnly, 503},
		{fmt.Errorf("save: %w", store.ErrBusy), StoreBusy, 503},
		{fmt.Errorf("read: %w", store.ErrDamaged), StoreDamaged, 500},
		{fmt.Errorf("open: %w", store.ErrNewerSchema), StoreNewer, 500},
		{&objects.Fault{Code: objects.NoObject}, objects.NoObject, 404},
		{&objects.Fault{Code: objects.NoDirective}, objects.NoDirective, 422},
		{fmt.Errorf("edit: %w", &conf.Refusal{Code: conf.EditDefinition}), conf.EditDefinition, 422},
		{errors.Join(New("pending"), errors.New("more")), "pending", 409},
	} {
		e := Of(row.err)
		if e.Code != row.code || e.Status() != row.status {
			t.Errorf("%v: %s %d, want %s %d", row.err, e.Code, e.Status(), row.code, row.status)
		}
	}
}

var made = regexp.MustCompile(`fault\.New\("([a-z-]+)"|fault\.In\("[a-z]+", "([a-z-]+)"\)|fault\.Error\{Code: "([a-z-]+)"|Code = "([a-z-]+)"`)

func TestEveryFaultHasWords(t *testing.T) {
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{}
	for code := range statuses {
		codes[code] = "statuses"
	}
	for _, code := range []string{
		objects.NoObject, objects.ObjectThere, objects.ObjectOff, objects.ObjectName, objects.NoDirective, objects.DirectiveForm, objects.ObjectShared,
		conf.EditNowhere, conf.EditValue, conf.EditLineLong, conf.EditDefinition, conf.EditGenerator, conf.EditIncluded, conf.EditUnbalanced, conf.EditCondition, conf.EditUnclear,
	} {
		codes[code] = "objects"
	}
	for _, code := range []string{
		cards.NoCard, cards.NoQuestion, cards.Missing, cards.NotChoice, cards.NotWord, cards.NotAddress, cards.NotNumber, cards.NotServer, cards.ServerTwice, cards.OtherFamily,
		cards.LongPassword, cards.NoPassword, cards.WhichLink, cards.VRIDUsed, cards.VRIDHeard, cards.VRIDUnknown, cards.VRIDFull, cards.ServiceThere, cards.AddressTwice,
	} {
		codes[code] = "cards"
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllStringSubmatch(string(text), -1) {
			codes[m[1]+m[2]+m[3]+m[4]] = name
		}
	}
	if len(codes) < 25 {
		t.Fatalf("only %d codes were found", len(codes))
	}
	for code, where := range codes {
		if !assets.Known(New(code).Sentence()) {
			t.Errorf("%s (%s) has no words", code, where)
		}
	}
}
