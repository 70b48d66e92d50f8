package page

import (
	"html/template"
	"regexp"
	"strings"
	"testing"

	"holdfast/assets"
	"holdfast/engine/journal"
)

// proper are the words that are the same in every language: names, protocol
// words, and examples.
var proper = []string{
	"Holdfast", "VRID", "SHA-256", "TLS", "API", "/api/v1/openapi.json",
	"smtp_server", "notification_email_from", "notification_email", "smtp_helo_name", "smtp_connect_timeout",
}

// spoken are the attributes whose text people read or hear.
var spoken = regexp.MustCompile(`\s(?:placeholder|title|alt|aria-label|value|data-label)="([^"]*)"`)

// examples may stand in a field before anything is typed; hidden values are not read.
var examples = []string{"enable", "save", "preview", "copy", "disable", "remove", "smtp.example.com", "VI_1", "25", "30", "-----BEGIN CERTIFICATE-----", "holdfast@", "en", "zh-CN", "system", "light", "dark", "on", "off", "yes"}

var (
	action = regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	tag    = regexp.MustCompile(`(?s)<[^>]*>`)
	letter = regexp.MustCompile(`\p{L}`)
)

func TestEveryTemplateIsThereInEachLanguageAndParses(t *testing.T) {
	s := newTemplates(func(path string) string { return path })
	for _, lang := range assets.Langs {
		for _, pages := range []map[string]func() *template.Template{s.whole[lang], s.pushed[lang]} {
			if len(pages) < 15 {
				t.Errorf("%s has %d pages", lang, len(pages))
			}
			for name, parsed := range pages {
				if parsed().Lookup("frame") == nil {
					t.Errorf("%s in %s has no frame", name, lang)
				}
			}
		}
	}
}

func TestTemplatesHoldNoWordsOfTheirOwn(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		source, err := files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		text := action.ReplaceAllString(string(source), "")
		for _, m := range spoken.FindAllStringSubmatch(text, -1) {
			rest := m[1]
			for _, x := range examples {
				rest = strings.TrimPrefix(rest, x)
			}
			if letter.MatchString(rest) {
				t.Errorf("%s: attribute%s", e.Name(), m[0])
			}
		}
		for line := range strings.Lines(tag.ReplaceAllString(text, "\x00")) {
			for _, word := range proper {
				line = strings.ReplaceAll(line, word, "")
			}
			if letter.MatchString(line) {
				t.Errorf("%s: %q", e.Name(), strings.TrimSpace(strings.ReplaceAll(line, "\x00", "")))
			}
		}
	}
}

var forbidden = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|hx-on|hx-vals="js:|javascript:|<script>`)

func TestTemplatesHoldNoScriptOrStyle(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		source, err := files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if finding := forbidden.FindString(string(source)); finding != "" {
			t.Errorf("%s holds %q", e.Name(), finding)
		}
	}
}

var called = regexp.MustCompile(`\((?:t|n) "([a-z0-9.-]+)"|\{\{-?\s*(?:t|n) "([a-z0-9.-]+)"`)

func TestEveryWordATemplateNamesIsInTheCatalogue(t *testing.T) {
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		source, err := files.ReadFile(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range called.FindAllStringSubmatch(string(source), -1) {
			id := "ui." + m[1] + m[2]
			seen++
			if !assets.Known(id) {
				t.Errorf("%s names %s", e.Name(), id)
			}
		}
	}
	if seen < 100 {
		t.Errorf("only %d words were looked at", seen)
	}
}

func TestStatesAreShownByWordShapeAndColour(t *testing.T) {
	sprite, err := assets.Files.ReadFile("icons/sprite.svg")
	if err != nil {
		t.Fatal(err)
	}
	tones := []string{"ok", "info", "warning", "error", "notice", "neutral"}
	for code, look := range stateStyles {
		for _, lang := range assets.Langs {
			cell := words{lang: lang}.state(code)
			if cell.Word == "" || strings.HasPrefix(cell.Word, "[") {
				t.Errorf("%s has no word in %s", code, lang)
			}
			if cell.Shape != look.shape || cell.Tone != look.tone {
				t.Errorf("%s is shown as %+v", code, cell)
			}
		}
		if !strings.Contains(string(sprite), `id="`+look.shape+`"`) {
			t.Errorf("%s has the shape %s, which is in no sprite", code, look.shape)
		}
		if !strings.Contains(strings.Join(tones, " "), look.tone) {
			t.Errorf("%s has the colour %s", code, look.tone)
		}
	}
	if got := (words{lang: "en"}).state("NONSENSE"); got.State != "UNKNOWN" {
		t.Errorf("an unknown state is shown as %+v", got)
	}
}

// The table of the console's design: what each state must look like.
func TestTheStatesThatMatterMostLookAsAgreed(t *testing.T) {
	for code, want := range map[string]Cell{
		"MASTER":  {Word: "Master", Shape: "master", Tone: "ok"},
		"BACKUP":  {Word: "Backup", Shape: "backup", Tone: "info"},
		"FAULT":   {Word: "Fault", Shape: "fault", Tone: "error"},
		"INIT":    {Word: "Init", Shape: "init", Tone: "neutral"},
		"UP":      {Word: "Up", Shape: "check", Tone: "ok"},
		"FAILING": {Word: "Failing", Shape: "sinking", Tone: "warning"},
		"DOWN":    {Word: "Down", Shape: "octagon", Tone: "error"},
		"UNKNOWN": {Word: "Unknown", Shape: "question", Tone: "neutral"},
	} {
		got := words{lang: "en"}.state(code)
		if got.Word != want.Word || got.Shape != want.Shape || got.Tone != want.Tone {
			t.Errorf("%s is %+v", code, got)
		}
	}
}

func TestAnEventIsToldInWordsWhateverItsFactsAre(t *testing.T) {
	for _, lang := range assets.Langs {
		w := words{lang: lang}
		for _, kind := range kinds {
			for _, facts := range []map[string]string{nil, {"code": "packet-ttl"}, {"reason": "advert-timeout"}} {
				said := w.story(journal.Entry{Kind: kind, Object: "VI_1", Facts: facts})
				if strings.Contains(said, "<no value>") || strings.HasPrefix(said, "[") {
					t.Errorf("%s, %s with %v: %q", lang, kind, facts, said)
				}
			}
		}
	}
}
