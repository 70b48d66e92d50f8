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
var calm = []string{"assets", "engine/code", "engine/conf", "engine/convert", "engine/explain", "engine/forecast", "engine/incident", "engine/model", "engine/plan", "engine/register", "engine/vrrp", "engine/why", "test/arch", "test/oracle"}

// sized are the packages that have tests named TestSize: these move many mebibytes by
// one goroutine after another, and run without the race detector, alone of their
// package.
var sized = []string{"engine/vrrprole", "web"}

// timed are the packages whose tests are mostly waits for timers of the protocol, of
// orphans and of checks, which they measure. All others are work for the processor.
var timed = []string{"engine", "engine/kernel", "engine/lvsrole", "engine/script", "engine/vrrprole", "server/parent", "test/lab"}

// longest are the packages whose tests take longest. They begin first: begun last, one
// of them would run on alone.
var longest = []string{"web", "server", "server/mail", "engine/probe"}

// labs are the packages under test/ that have a stage of their own.
var labs = []stage{
	{name: "interop", lane: host, root: true, limit: 6 * time.Minute},
	{name: "crash", lane: host, root: true, again: true, limit: 3 * time.Minute},
	{name: "mails", lane: host, root: true, limit: 6 * time.Minute},
	{name: "demo", lane: story, root: true, limit: 8 * time.Minute},
	{name: "browser", lane: last, root: true, limit: 10 * time.Minute},
}

// apart is the package under test/ that has a target of make of its own: it installs
// Ansible, some 60 MB.
const apart = "ansible"

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
		for _, l := range append(labs, stage{name: "scenario"}, stage{name: "scale"}, stage{name: "traffic"}, stage{name: apart}) {
			if p == "holdfast/test/"+l.name || strings.HasPrefix(p, "holdfast/test/"+l.name+"/") {
				return true
			}
		}
		return false
	})
	among := func(list []string) (those []string) {
		for _, p := range unit {
			if isOneOf(list, p) {
				those = append(those, p)
			}
		}
		return those
	}
	raced := slices.DeleteFunc(slices.Clone(unit), func(p string) bool { return isOneOf(calm, p) || isOneOf(timed, p) })
	slices.SortStableFunc(raced, func(a, b string) int { return cmp.Compare(place(a), place(b)) })
	goTest := []string{"go", "test", "-count=1", "-v", "-timeout=15m", "-tags", tags}
	unitTest := slices.Concat(goTest, []string{"-skip", "^Test(Guest|Size)"})
	stages := []stage{
		{name: "format", lane: first, limit: time.Minute, argv: []string{"sh", "-c", `bad=$(gofmt -l $(git ls-files '*.go')); [ -z "$bad" ] || { echo "gofmt: $bad"; exit 1; }`}},
		{name: "tidy", lane: first, limit: 5 * time.Minute, argv: []string{"go", "mod", "tidy", "-diff"}},
		{name: "unit/race", lane: patient, root: true, tests: true, limit: 20 * time.Minute, argv: slices.Concat(unitTest, []string{"-race"}, raced)},
		{name: "unit", lane: patient, root: true, tests: true, limit: 20 * time.Minute, argv: slices.Concat(unitTest, among(calm))},
		{name: "unit/size", lane: patient, root: true, tests: true, limit: 20 * time.Minute, argv: slices.Concat(goTest, []string{"-run", "^TestSize"}, among(sized))},
		{name: "vet", lane: patient, limit: 10 * time.Minute, argv: []string{"go", "vet", "-tags", tags, "./..."}},
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
		l.argv = []string{"go", "test", "-count", fmt.Sprint(count), "-v", "-parallel", "6", "-timeout", l.limit.String(), "-tags", tags, "-skip", "^TestGuest", "./test/" + l.name}
		stages = append(stages, l)
	}
	// Its packages are compiled by then, for the other stage with the race detector.
	stages = append(stages, stage{name: "unit/timed", lane: host, root: true, tests: true, limit: 20 * time.Minute,
		argv: slices.Concat(unitTest, []string{"-race", "-parallel", "4"}, among(timed))})
	folders, err := guestFolders()
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		s := stage{name: "guest/" + f, lane: inGuest, guest: true, root: true, tests: true, limit: 15 * time.Minute, argv: []string{f}, chosen: "^TestGuest"}
		switch f {
		case "test/scenario":
			// Half of it runs in the other lane, which would be done long before.
			s.name, s.chosen = "scenario", "^TestGuest.*OnHoldfast$"
			stages = append(stages, s)
			s.name, s.lane, s.chosen = "scenario/partners", story, "^TestGuest.*Keepalived"
		case "test/traffic":
			// To start a program costs a guest most of a second; on a busy machine it
			// would be the orphans' patience that is measured.
			s.name, s.lane = "traffic", alone
		}
		stages = append(stages, s)
	}
	return stages, nil
}

// isOneOf says whether a package, by its import path, is in one of the lists above.
func isOneOf(list []string, path string) bool {
	return slices.Contains(list, strings.TrimPrefix(path, "holdfast/"))
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
