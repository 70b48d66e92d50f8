package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	aKey   = "0123456789abcdef0123456789abcdef"
	hexKey = "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

// signed is an instance with auth_hmac, and more words.
func signed(words, more string) string {
	return "vrrp_instance A {\ninterface eth0\nvirtual_router_id 7\nvirtual_ipaddress {\n192.0.2.1\n}\nauth_hmac {\n" + words + "\n}\n" + more + "\n}\n"
}

func TestWhatKeepalivedSaysOfASignature(t *testing.T) {
	for words, want := range map[string][]string{
		"key 1 " + aKey + "\nactive_key 1":                      nil,
		"key 1 " + hexKey + "\nactive_key 1\nmode receive-only": nil,
		"key 1 " + aKey:                          {"no-active-key"},
		"":                                       {"no-active-key"},
		"key 1 " + aKey + "\nactive_key 2":       {"no-active-key Value=2"},
		"key 1 short\nactive_key 1":              {"key-length Range=32..64 Value=5 Word=key", "no-active-key Value=1"},
		"key 1 hex:0g" + aKey + "\nactive_key 1": {"bad-hex-bytes Value=hex: Word=key", "no-active-key Value=1"},
		"key 1 " + aKey + "\nkey 1 " + hexKey + "\nactive_key 1":       {"first-counts Word=key 1"},
		"key 0 " + aKey + "\nkey 2 " + aKey + "\nactive_key 2":         {"out-of-range Range=1..255 Value=0 Word=key"},
		"key 1\nkey 2 " + aKey + "\nactive_key 2":                      {"no-value Word=key"},
		"key 1 " + aKey + "\nactive_key 1\nanti_replay never":          {"unknown-value Default=time Value=never Values=time, monotonic Word=anti_replay"},
		"key 1 " + aKey + "\nactive_key 1\ntime_window 301":            {"out-of-range Range=1..300 Value=301 Word=time_window"},
		"key 1 " + aKey + "\nactive_key 1\nmode off":                   {"unknown-value Default=enforce Value=off Values=enforce, permissive, receive-only Word=mode"},
		"key 1 file:/keys/good\nactive_key 1":                          nil,
		"key 1 file:/keys/shared\nactive_key 1":                        {"key-file-shared Value=/keys/shared Word=key"},
		"key 1 file:/keys/none\nactive_key 1":                          {"key-file-unread Value=/keys/none Word=key", "no-active-key Value=1"},
		"key 1 file:/keys/large\nkey 2 file:/keys/good\nactive_key 2":  {"key-file-large Value=/keys/large Word=key"},
		"key 1 file:/keys/short\nkey 2 file:/keys/good\n active_key 2": {"key-length Range=32..64 Value=4 Word=key"},
	} {
		facts := Facts{KeyFile: func(path string) (KeyFile, error) {
			switch path {
			case "/keys/good":
				return KeyFile{Text: hexKey + "\r\n"}, nil
			case "/keys/shared":
				return KeyFile{Text: aKey, Shared: true}, nil
			case "/keys/large":
				return KeyFile{Large: true}, nil
			case "/keys/short":
				return KeyFile{Text: "four\n"}, nil
			}
			return KeyFile{}, errors.New("none")
		}}
		c, findings := Parse("x", []byte(signed(words, "")), facts)
		var got []string
		for _, f := range findings {
			said := strings.Fields(plain(f))
			got = append(got, strings.Replace(strings.Join(said[2:], " "), " Name=A", "", 1))
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) || Failed(findings) {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
		if on := Resolve(c).Instances[0].HMAC.On(); on == slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, "no-active-key") }) {
			t.Errorf("%s: in force: %v", words, on)
		}
	}
}

func TestASignatureStandsInPlaceOfAPassword(t *testing.T) {
	c, findings := Parse("x", []byte(signed("key 1 "+aKey+"\nactive_key 1\nmode permissive", "authentication {\nauth_type PASS\nauth_pass a\n}\nstrict_mode")), Facts{})
	var codes []string
	for _, f := range findings {
		codes = append(codes, f.Code)
	}
	if !slices.Contains(codes, "hmac-with-authentication") || !slices.Contains(codes, "strict-enforces") {
		t.Errorf("%q", codes)
	}
	in := Resolve(c).Instances[0]
	if in.AuthType.Written || in.Password.Written || in.HMAC.Mode.Val != "enforce" {
		t.Errorf("%+v", in)
	}
}

func TestTheWindowIsOfThreeAdvertsAndFiveSecondsAtLeast(t *testing.T) {
	for advert, want := range map[string]int{"1": 5, "10": 30, "200": 300} {
		c, _ := Parse("x", []byte(signed("key 1 "+aKey+"\nactive_key 1", "advert_int "+advert)), Facts{})
		if in := Resolve(c).Instances[0]; in.HMAC.Window.Val != want || in.HMAC.AntiReplay.Val != "time" {
			t.Errorf("advert_int %s: %d", advert, in.HMAC.Window.Val)
		}
	}
}

func TestAKeyIsTheBytesOfItsTextOrItsFile(t *testing.T) {
	c, _ := Parse("x", []byte(signed("key 1 "+hexKey+"\nkey 2 "+aKey+"\nkey 3 file:/k\nactive_key 1", "")), Facts{KeyFile: func(string) (KeyFile, error) {
		return KeyFile{Text: hexKey + "\n"}, nil
	}})
	keys := c.Instances[0].HMAC.Keys
	if len(keys) != 3 || string(keys[0].Bytes()) != string(keys[2].Bytes()) || keys[0].Bytes()[31] != 0x1f || string(keys[1].Bytes()) != aKey {
		t.Fatalf("%d keys", len(keys))
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, aKey) || strings.Contains(text, hexKey[4:]) {
			t.Errorf("%s shows a key: %s", verb, text)
		}
	}
	if printed := Print(c); !strings.Contains(printed, "    auth_hmac {\n        key 1 "+hexKey+"\n") || !strings.Contains(printed, "key 3 file:/k\n") {
		t.Errorf("printed as\n%s", printed)
	}
}

func TestANewKeyInAFileIsADifference(t *testing.T) {
	parse := func(key string) Config {
		c, _ := Parse("x", []byte(signed("key 3 file:/k\nactive_key 3", "")), Facts{KeyFile: func(string) (KeyFile, error) { return KeyFile{Text: key}, nil }})
		return Resolve(c)
	}
	if got := Changes(parse(aKey), parse(hexKey), VRRP); !slices.Equal(got, []string{"A: auth_hmac: ~ key"}) {
		t.Errorf("%q", got)
	}
}

func TestASignatureIsLeftOutForAReleaseWithoutIt(t *testing.T) {
	c, _ := Parse("x", []byte(signed("key 1 "+aKey+"\nactive_key 1", "")), Facts{})
	for release, want := range map[string]int{"2.2.7": 1, "2.4.2": 0} {
		older, left := Older(c, release)
		if len(left) != want || strings.Contains(Print(older), "auth_hmac") == (want == 1) {
			t.Errorf("%s: left out %q of\n%s", release, left, Print(older))
		}
		if want == 1 && left[0] != "vrrp_instance auth_hmac" {
			t.Errorf("%q", left)
		}
	}
}
