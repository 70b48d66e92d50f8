package main

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// tags are those of the product's build (see the Makefile).
const tags = "nomsgpack sqlite_omit_load_extension osusergo netgo"

// calm are the packages that start no goroutine: the race detector has nothing to
// find in them, and makes their long tests take three times as long.
var calm = []string{"assets", "engine/code", "engine/conf", "engine/convert", "engine/explain", "engine/model", "engine/plan", "engine/vrrp", "test/arch", "test/oracle"}

// longest are the packages whose tests take longest. They begin first: begun last, one
// of them would run on alone.
var longest = []string{"web", "server", "server/parent", "engine/vrrprole"}

// labs are the packages under test/ that have a stage of their own.
var labs = []stage{
	{name: "interop", lane: host, root: true, limit: 3 * time.Minute},
	{name: "crash", lane: host, root: true, again: true, limit: 3 * time.Minute},
	{name: "mails", lane: host, root: true, limit: 6 * time.Minute},
	{name: "demo", lane: last, root: true, limit: 8 * time.Minute},
	{name: "browser", lane: last, root: true, limit: 10 * time.Minute},
}

// shortRounds is how often the short form plays each fault.
const shortRounds = 2

// plan is the list of all stages on this checkout.
func plan(rounds int) ([]stage, error) {
	packages, err := exec.Command("go", "list", "-tags", tags, "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	// What is tested here and now; the labs have stages of their own.
	unit := slices.DeleteFunc(strings.Fields(string(packages)), func(p string) bool {
		for _, l := range append(labs, stage{name: "scenario"}, stage{name: "scale"}, stage{name: "traffic"}) {
			if p == "holdfast/test/"+l.name || strings.HasPrefix(p, "holdfast/test/"+l.name+"/") {
				return true
			}
		}
		return false
	})
	raced := slices.DeleteFunc(slices.Clone(unit), isCalm)
	slices.SortStableFunc(raced, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	unit = slices.DeleteFunc(unit, func(p string) bool { return !isCalm(p) })
	goTest := []string{"go", "test", "-count=1", "-v", "-timeout=10m", "-tags", tags, "-skip", "^TestGuest"}
	stages := []stage{
		{name: "format", lane: first, limit: time.Minute, argv: []string{"sh", "-c", `bad=$(gofmt -l $(git ls-files '*.go')); [ -z "$bad" ] || { echo "gofmt: $bad"; exit 1; }`}},
		{name: "tidy", lane: first, limit: 5 * time.Minute, argv: []string{"go", "mod", "tidy", "-diff"}},
		{name: "vet", lane: first, limit: 10 * time.Minute, argv: []string{"go", "vet", "-tags", tags, "./..."}},
		{name: "unit", lane: first, root: true, tests: true, limit: 20 * time.Minute, argv: slices.Concat(goTest, unit)},
		{name: "unit/race", lane: first, root: true, tests: true, limit: 20 * time.Minute, argv: slices.Concat(goTest, []string{"-race"}, raced)},
	}
	for _, l := range labs {
		if _, err := os.Stat("test/" + l.name); err != nil {
			continue
		}
		l.tests = true
		count := 1
		if rounds > 2 && l.again {
			count = rounds
		}
		l.limit *= time.Duration(max(1, rounds/2))
		l.argv = []string{"go", "test", "-count", fmt.Sprint(count), "-v", "-parallel", "4", "-timeout", l.limit.String(), "-tags", tags, "-skip", "^TestGuest", "./test/" + l.name}
		stages = append(stages, l)
	}
	folders, err := guestFolders()
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		s := stage{name: "guest/" + f, lane: inGuest, guest: true, root: true, tests: true, limit: 15 * time.Minute, argv: []string{f}, chosen: "^TestGuest"}
		switch f {
		case "test/scenario":
			// Half of it runs in the other lane, which would be done long before.
			s.name, s.chosen = "scenario/partners", "^TestGuest.*Keepalived"
			stages = append(stages, s)
			s.name, s.lane, s.chosen = "scenario", host, "^TestGuest.*OnHoldfast$"
		case "test/traffic":
			// To start a program costs a guest most of a second; on a busy machine it
			// would be the orphans' patience that is measured.
			s.name, s.lane = "traffic", alone
		}
		stages = append(stages, s)
	}
	return stages, nil
}

// isCalm tells the calm packages by their import paths.
func isCalm(path string) bool {
	return slices.Contains(calm, strings.TrimPrefix(path, "holdfast/"))
}

// place is where a package stands among the longest, and behind them for all others.
func place(path string) int {
	if i := slices.Index(longest, strings.TrimPrefix(path, "holdfast/")); i >= 0 {
		return i
	}
	return len(longest)
}

// guestFolders are the packages that have tests for the guest.
func guestFolders() ([]string, error) {
	out, err := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "*_test.go").Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w", err)
	}
	named := regexp.MustCompile(`(?m)^func TestGuest`)
	var folders []string
	for _, file := range strings.Fields(string(out)) {
		text, err := os.ReadFile(file)
		if err != nil || !named.Match(text) {
			continue // a file that was just removed is no test
		}
		if dir := filepath.Dir(file); !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	return folders, nil
}
