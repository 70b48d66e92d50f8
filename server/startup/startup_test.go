package startup

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/engine/model"
	"holdfast/engine/script"
)

func globalOf(t *testing.T, words string) model.Global {
	t.Helper()
	cfg, findings := model.Parse("a.conf", []byte("global_defs {\n"+words+"\n}\n"), model.Facts{})
	if model.Failed(findings) {
		t.Fatal(findings)
	}
	return model.Resolve(cfg).Global
}

func TestTheWordsSayWhatRunsUnderWhomAndHowLong(t *testing.T) {
	t.Parallel()
	const words = "startup_script \"/bin/up a 'b c'\" nobody nogroup\nstartup_script_timeout 7\nshutdown_script /bin/down\nscript_user daemon\n"
	for _, row := range []struct {
		words, moment string
		want          script.Job
	}{
		{words, Startup, script.Job{Argv: []string{"/bin/up", "a", "b c"}, User: "nobody", Group: "nogroup", Timeout: 7 * time.Second}},
		{words + "enable_script_security", Shutdown, script.Job{Argv: []string{"/bin/down"}, User: "daemon", Timeout: 10 * time.Second, Secure: true}},
		{words + "shutdown_script_timeout 3", Shutdown, script.Job{Argv: []string{"/bin/down"}, User: "daemon", Timeout: 3 * time.Second}},
	} {
		job, written := jobOf(globalOf(t, row.words), row.moment)
		if !written || !slices.Equal(job.Argv, row.want.Argv) || job.User != row.want.User || job.Group != row.want.Group || job.Timeout != row.want.Timeout || job.Secure != row.want.Secure {
			t.Errorf("%s of\n%s\n%+v, want %+v", row.moment, row.words, job, row.want)
		}
	}
	if _, written := jobOf(globalOf(t, "startup_script /bin/up"), Shutdown); written {
		t.Error("the other word's program would run")
	}
}

func TestAProgramThatFailsOrIsEndedIsLoggedAndKeepsNobody(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, row := range map[string]struct {
		ctx  context.Context
		line string
		want string
	}{
		"good":    {t.Context(), "/bin/true", "the program ended"},
		"bad":     {t.Context(), "/bin/false", "how=\"exit 1\""},
		"missing": {t.Context(), "/nowhere/x", "the program failed"},
		"ended":   {ended, "/bin/sleep 60", "the program was ended"},
		"none":    {t.Context(), "", ""},
	} {
		text := "global_defs {\n"
		if row.line != "" {
			text += "startup_script \"" + row.line + "\"\n"
		}
		var out bytes.Buffer
		run(row.ctx, "lb1", text+"}\n", Startup, slog.New(slog.NewTextHandler(&out, nil)))
		if !strings.Contains(out.String(), row.want) || row.want == "" && out.Len() > 0 {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestTheProgramOfTheOtherNodeDoesNotRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "ran")
	var out bytes.Buffer
	run(t.Context(), "lb2", "global_defs {\n@lb1 startup_script \"/usr/bin/touch "+file+"\"\n}\n", Startup, slog.New(slog.NewTextHandler(&out, nil)))
	if _, err := os.Stat(file); err == nil || out.Len() > 0 {
		t.Error(err, out.String())
	}
}
