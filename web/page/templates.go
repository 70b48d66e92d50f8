package page

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"holdfast/assets"
)

//go:embed *.html
var files embed.FS

// templates are the templates by language, then by page, each parsed when it is first
// drawn. Pushed fragments have their own: their relative times are left to the browser,
// so that a fragment changes only when something happened.
type templates struct {
	whole, pushed map[string]map[string]func() *template.Template
}

// parts are the files every page is parsed with.
var parts = []string{"frame.html", "parts.html"}

func newTemplates(asset func(string) string) templates {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	s := templates{map[string]map[string]func() *template.Template{}, map[string]map[string]func() *template.Template{}}
	for _, lang := range assets.Langs {
		s.whole[lang], s.pushed[lang] = map[string]func() *template.Template{}, map[string]func() *template.Template{}
		for _, e := range entries {
			name := strings.TrimSuffix(e.Name(), ".html")
			if name == "frame" || name == "parts" {
				continue
			}
			s.whole[lang][name] = sync.OnceValue(func() *template.Template { return mustParse(words{lang, asset, false}, e.Name()) })
			s.pushed[lang][name] = sync.OnceValue(func() *template.Template { return mustParse(words{lang, asset, true}, e.Name()) })
		}
	}
	return s
}

// mustParse reads an embedded page; that cannot fail but by a broken build.
func mustParse(w words, file string) *template.Template {
	t := template.New(file).Funcs(w.funcs()).Option("missingkey=error")
	return template.Must(t.ParseFS(files, append(parts, file)...))
}

// page draws a whole page.
func (s templates) page(w io.Writer, lang, name string, data any) error {
	return execute(s.whole[lang][name], w, "frame", data)
}

// part draws one part of a page as it is pushed.
func (s templates) part(lang, name, part string, data any) (string, error) {
	var b strings.Builder
	err := execute(s.pushed[lang][name], &b, part, data)
	return b.String(), err
}

func execute(parsed func() *template.Template, w io.Writer, part string, data any) error {
	if parsed == nil {
		return fmt.Errorf("draw %s: no such page", part)
	}
	if err := parsed().ExecuteTemplate(w, part, data); err != nil {
		return fmt.Errorf("draw page: %w", err)
	}
	return nil
}
