package assets_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"holdfast/assets"
)

func TestThirdPartyFilesAreTheOnesThatWereBrought(t *testing.T) {
	sums, err := os.ReadFile("vendor/SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for line := range strings.Lines(string(sums)) {
		want, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		text, err := os.ReadFile("vendor/" + name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if got := hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s has the sum %s", name, got)
		}
		listed++
	}
	files, err := os.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != listed+1 {
		t.Errorf("%d files, %d sums", len(files)-1, listed)
	}
}

func TestScriptsAndStylesStaySmall(t *testing.T) {
	limits := map[string]int{".js": 90_000, ".css": 100_000}
	sizes := map[string]int{}
	err := fs.WalkDir(assets.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assets.Files.ReadFile(name)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		sizes[name[strings.LastIndex(name, "."):]] += b.Len()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for kind, limit := range limits {
		if sizes[kind] == 0 || sizes[kind] > limit {
			t.Errorf("%s: %d bytes compressed, limit %d", kind, sizes[kind], limit)
		}
	}
}

// tokens reads the colours of both themes: name to light and dark.
func tokens(t *testing.T) map[string][2]string {
	t.Helper()
	text, err := assets.Files.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);`).FindAllStringSubmatch(string(text), -1) {
		out[m[1]] = [2]string{m[2], m[3]}
	}
	return out
}

// luminance is WCAG 2.2's relative luminance.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

func contrast(t *testing.T, a, b string) float64 {
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestEveryPairOfColoursCanBeReadInBothThemes(t *testing.T) {
	colours := tokens(t)
	pairs := map[float64][][2]string{4.5: {}, 3: {}}
	for _, ground := range []string{"ground", "surface", "raised", "hover"} {
		for _, text := range []string{"text", "muted", "accent", "accent-strong", "error"} {
			pairs[4.5] = append(pairs[4.5], [2]string{text, ground})
		}
		pairs[3] = append(pairs[3], [2]string{"focus", ground}, [2]string{"edge", ground})
	}
	for _, tone := range []string{"ok", "info", "warning", "error", "notice", "neutral"} {
		pairs[4.5] = append(pairs[4.5], [2]string{tone, tone + "-ground"}, [2]string{tone, "surface"})
	}
	pairs[4.5] = append(pairs[4.5], [2]string{"on-accent", "accent"}, [2]string{"on-accent", "accent-strong"},
		[2]string{"on-bar", "bar"}, [2]string{"on-bar-muted", "bar"}, [2]string{"muted", "info-ground"}, [2]string{"muted", "warning-ground"})
	for limit, list := range pairs {
		for _, p := range list {
			for theme, name := range []string{"light", "dark"} {
				a, b := colours[p[0]][theme], colours[p[1]][theme]
				if a == "" || b == "" {
					t.Fatalf("no colour for %v", p)
				}
				if got := contrast(t, a, b); got < limit {
					t.Errorf("%s on %s in the %s theme: %s, want %.1f", p[0], p[1], name, fmt.Sprintf("%.2f", got), limit)
				}
			}
		}
	}
}

func TestStyleSheetsTakeEveryColourFromTheTokens(t *testing.T) {
	names, err := fs.Glob(assets.Files, "css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	colour := regexp.MustCompile(`#[0-9a-fA-F]{3,6}\b|rgba?\(|hsl`)
	for _, name := range names {
		if name == "css/tokens.css" {
			continue
		}
		text, err := assets.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := colour.FindString(string(text)); found != "" {
			t.Errorf("%s has its own colour %s", name, found)
		}
	}
}
