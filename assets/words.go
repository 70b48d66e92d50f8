package assets

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

//go:embed words
var words embed.FS

// Langs are the languages every word exists in; the first is the fallback.
var Langs = []string{"en", "zh-CN"}

// bundle is read when the first word is asked for: a process that says nothing
// starts without it.
var bundle = sync.OnceValue(mustLoad)

// mustLoad reads every catalogue; a broken one is a broken build, so it panics.
func mustLoad() *i18n.Bundle {
	b := i18n.NewBundle(language.English)
	b.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, lang := range Langs {
		err := fs.WalkDir(words, "words/"+lang, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".toml") {
				return err
			}
			text, err := words.ReadFile(path)
			if err != nil {
				return err
			}
			// The file name carries the language the way go-i18n expects it.
			_, err = b.ParseMessageFileBytes(text, strings.TrimSuffix(path, ".toml")+"."+lang+".toml")
			return err
		})
		if err != nil {
			panic(fmt.Sprintf("words of %s: %v", lang, err))
		}
	}
	return b
}

// localizers are those of our languages: to make one takes longer than a sentence.
var localizers = sync.OnceValue(func() map[string]*i18n.Localizer {
	all := map[string]*i18n.Localizer{}
	for _, lang := range Langs {
		all[lang] = i18n.NewLocalizer(bundle(), lang)
	}
	return all
})

func localizer(lang string) *i18n.Localizer {
	if l := localizers()[lang]; l != nil {
		return l
	}
	return i18n.NewLocalizer(bundle(), lang)
}

// Text gives the sentence with this id in lang, filled with args. Where one is empty
// or blank the sentence closes up. An unknown id comes back as itself in brackets, so
// that it is seen.
//
// The argument reason is worded in lang, too, where it is what a check, a script or
// the kernel said.
func Text(lang, id string, args map[string]string) string {
	if lang != Langs[0] && args["reason"] != "" {
		args = maps.Clone(args)
		args["reason"] = Said(lang, args["reason"])
	}
	s, err := localizer(lang).Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: arguments(args), TemplateParser: sentences})
	if err != nil && s == "" {
		return "[" + id + "]"
	}
	return closed(s)
}

// Count is Text for a sentence about n things: the catalogue holds one form per
// plural of the language, and {{.N}} stands for the number.
func Count(lang, id string, n int, args map[string]string) string {
	data := arguments(args)
	if data["N"] == nil {
		data["N"] = argument(fmt.Sprint(n))
	}
	s, err := localizer(lang).Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: n, TemplateParser: sentences})
	if err != nil && s == "" {
		return "[" + id + "]"
	}
	return closed(s)
}

// Known says whether the catalogues hold a sentence with this id.
func Known(id string) bool {
	s, err := localizer(Langs[0]).Localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: arguments(nil), PluralCount: 1, TemplateParser: sentences})
	return err == nil || s != ""
}

var matcher = language.NewMatcher([]language.Tag{language.English, language.SimplifiedChinese})

// Knows says whether a language that somebody asks for is one of Langs, in any of the
// ways that Lang takes; "" asks for none.
func Knows(lang string) bool {
	tags, _, err := language.ParseAcceptLanguage(plainTag(lang))
	if err != nil || len(tags) == 0 {
		return lang == ""
	}
	_, _, sure := matcher.Match(tags...)
	return sure != language.No
}

// plainTag is a language as the web writes it: zh_CN.UTF-8 is zh-CN.
func plainTag(lang string) string {
	return strings.ReplaceAll(strings.TrimSuffix(lang, ".UTF-8"), "_", "-")
}

// Lang picks one of Langs from preferences, best first: Accept-Language headers
// or LANG values such as zh_CN.UTF-8.
func Lang(preference ...string) string {
	for _, p := range preference {
		tags, _, err := language.ParseAcceptLanguage(plainTag(p))
		if err != nil || len(tags) == 0 {
			continue
		}
		_, i, _ := matcher.Match(tags...)
		return Langs[i]
	}
	return Langs[0]
}
