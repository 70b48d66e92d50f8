package auth

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MinPassword is how many characters a password has at least. Length is the
// whole rule, but for the few long passwords everybody tries first.
const MinPassword = 12

// maxPassword bounds what is fed to the hash, in bytes.
const maxPassword = 512

// maxName is how many characters an account's name has at most.
const maxName = 64

// common are long passwords from the lists attackers try first, and the words an
// operator of this program would think of first.
var common = []string{
	"administrator", "adminadmin", "changemechangeme", "correcthorsebatterystaple", "holdfast", "iloveyouiloveyou",
	"keepalived", "letmeinletmein", "loadbalancer", "masterbackup", "password", "passwordpassword", "qwertyuiop",
	"qwertyuiopasdf", "virtualserver", "welcome", "woaini", "1q2w3e4r5t6y", "1qaz2wsx3edc", "qazwsxedcrfv", "abcdefghijkl",
	"abc123456789", "q1w2e3r4t5y6", "asdfghjkl", "zxcvbnm", "admin", "root",
}

// judgePassword names what is wrong with a password: "short", "long", "common",
// "name"; "" is nothing. The words are "ui.fault.password-CODE".
func judgePassword(password, user string) string {
	if utf8.RuneCountInString(password) < MinPassword {
		return "short"
	}
	if len(password) > maxPassword {
		return "long"
	}
	seen := map[rune]bool{}
	for _, r := range password {
		seen[r] = true
	}
	if len(seen) < 5 {
		return "common"
	}
	// What is left without digits and signs at the ends is the word behind it.
	word := strings.TrimFunc(strings.ToLower(password), func(r rune) bool { return !unicode.IsLetter(r) })
	if word == "" && monotone(password) || slices.Contains(common, word) || slices.Contains(common, strings.ToLower(password)) {
		return "common"
	}
	if user != "" && word == strings.ToLower(user) {
		return "name"
	}
	return ""
}

// monotone says whether each character follows the one before it, as in
// 123456789012 or 210987654321.
func monotone(s string) bool {
	up, down := true, true
	for i := 1; i < len(s); i++ {
		d := (int(s[i]) - int(s[i-1]) + 10) % 10
		up, down = up && d == 1, down && d == 9
	}
	return up || down
}

// judgeName names what is wrong with an account's name: "empty", "form"; "" is
// nothing. The words are "ui.fault.name-CODE".
func judgeName(name string) string {
	if name == "" {
		return "empty"
	}
	if utf8.RuneCountInString(name) > maxName {
		return "form"
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._@-", r) {
			return "form"
		}
	}
	return ""
}
