package main

import (
	"regexp"
	"strings"
)

var (
	event  = regexp.MustCompile(`^\s*(?:=== (?:RUN|CONT|NAME)|--- (?:PASS|FAIL|SKIP):)\s+(\S+)`)
	remark = regexp.MustCompile(`^\s+\w+\.go:\d+: (?:[^-]|-[^-]|--[^-])`) // a lab's "--- file" is a log, not a remark
)

// remarks are the lines that a failed test itself wrote, in short: the end of
// the story is what is read first, and often all that is kept.
func remarks(output []byte, test string) []string {
	const most, widest = 12, 400
	var said []string
	mine := false
	for line := range strings.Lines(string(output)) {
		line = strings.TrimRight(line, "\n")
		if m := event.FindStringSubmatch(line); m != nil {
			mine = m[1] == test
			continue
		}
		if mine && len(said) < most && remark.MatchString(line) {
			line = strings.TrimSpace(line)
			said = append(said, line[:min(len(line), widest)])
		}
	}
	return said
}
