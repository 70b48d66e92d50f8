package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesThatCannotBeReadSayWhatTheyAreAndWhatToDo(t *testing.T) {
	dir := folder(t, map[string]string{"keepalived.conf": "! good\n", "program": "\x7fELF\x02\x01\x01\x00", "noise": strings.Repeat("\x00\x01\x02ab", 100),
		"wide": "\xff\xfev\x00r\x00r\x00p\x00\n\x00"})
	data := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, want := range map[string][2]string{
		at("keepalived.cnf"):         {"Did you mean " + at("keepalived.conf") + "?", "您是否指 " + at("keepalived.conf")},
		at("nothing-like-it"):        {"there is no file " + at("nothing-like-it"), "没有文件"},
		at("absent/x.conf"):          {"there is no file", "没有文件"},
		dir:                          {dir + "/keepalived.conf", "是目录"},
		at("program"):                {"is not text", "二进制"},
		at("wide"):                   {"save it as UTF-8", "另存为 UTF-8"},
		at("noise"):                  {"is not text", "二进制"},
		os.DevNull:                   {"is a device", "设备"},
		at("keepalived.conf") + "/x": {"there is no file", "没有文件"},
	} {
		for _, command := range [][]string{{"check"}, {"fmt"}, {"plan"}, {"import", "--data", data}, {"import", "--explain"}} {
			for i, lang := range []string{"en", "zh-CN"} {
				out, errs, code := holdfast(t, lang, append(command, name)...)
				if code != exitFailed || out != "" || !strings.Contains(errs, want[i]) {
					t.Errorf("%v %s: code %d, %s%s", command, name, code, out, errs)
				}
			}
		}
	}
}

func TestOneStrayByteIsAFindingAndNoBinaryFile(t *testing.T) {
	out, errs, code := holdfast(t, "en", "check", file(t, "global_defs {\n    router_id a\x01b\n}\n"))
	if code != 0 || errs != "" {
		t.Errorf("code %d: %s%s", code, out, errs)
	}
}

func TestWrongUsageIsAnsweredInTheReadersLanguageWithWhatWasMeant(t *testing.T) {
	for line, want := range map[string][2]string{
		"chekc":                {"there is no command chekc. Did you mean check?", "没有命令 chekc。您是否指 check？"},
		"frobnicate":           {"there is no command frobnicate", "没有命令 frobnicate"},
		"fmt --cannonical x":   {"holdfast fmt has no flag --cannonical. Did you mean --canonical?", "您是否指 --canonical？"},
		"check -x y":           {"holdfast check has no flag -x", "没有选项 -x"},
		"check --node":         {"--node needs a value", "--node 需要一个值"},
		"check --strict=7 x":   {"--strict does not take 7", "--strict 不接受 7"},
		"check":                {"holdfast check needs a file", "需要一个文件"},
		"plan":                 {"holdfast plan needs a file", "需要一个文件"},
		"run":                  {"holdfast run needs --file", "需要 --file"},
		"run a.conf":           {"does not know what to do with a.conf", "不知道如何处理 a.conf"},
		"genhash":              {"holdfast genhash needs --server", "需要 --server"},
		"status x x":           {"does not know what to do with x", "不知道如何处理 x"},
		"plan a -f b":          {"holdfast plan needs a file", "需要一个文件"},
		"fmt a b":              {"does not know what to do with b", "不知道如何处理 b"},
		"export a b":           {"does not know what to do with b", "不知道如何处理 b"},
		"export --target 3":    {"3 is no target", "没有目标 3"},
		"fmt --target 3 x":     {"3 is no target", "没有目标 3"},
		"import --explain a b": {"takes one file", "只接受一个文件"},
		"import a b c":         {"does not know what to do with c", "不知道如何处理 c"},
		"import a b --nodes x": {"two different node names", "两个不同"},
	} {
		for i, lang := range []string{"en", "zh-CN"} {
			out, errs, code := holdfast(t, lang, strings.Fields(line)...)
			if code != exitUsage || out != "" || !strings.Contains(errs, want[i]) {
				t.Errorf("%s: code %d, %s%s", line, code, out, errs)
			}
		}
	}
}

func TestHelpOfTheCommandsForTextsHasExamplesInBothLanguages(t *testing.T) {
	for _, command := range []string{"check", "fmt", "plan", "support", "import", "export"} {
		for lang, title := range map[string]string{"en": "Examples:", "zh-CN": "示例："} {
			out, _, code := holdfast(t, lang, command, "--help")
			if code != 0 || !strings.Contains(out, title+"\n  holdfast "+command) || strings.Contains(out, "[cli.") {
				t.Errorf("%s: code %d:\n%s", command, code, out)
			}
			_, examples, _ := strings.Cut(out, title+"\n")
			examples, _, _ = strings.Cut(examples, "\n\n")
			for line := range strings.Lines(examples) {
				if err := understood(line); err != "" {
					t.Errorf("%s: %s: %s", lang, strings.TrimSpace(line), err)
				}
			}
		}
	}
}

// understood runs an example with its files replaced by a missing one: the command
// has to be understood, whatever becomes of it.
func understood(line string) string {
	line, _, _ = strings.Cut(line, "#")
	line, _, _ = strings.Cut(line, "|")
	line, _, _ = strings.Cut(line, ">")
	args := strings.Fields(line)[1:]
	for i, a := range args {
		if strings.HasSuffix(a, ".conf") || strings.HasPrefix(a, "/tmp/") {
			args[i] = "/absent/" + filepath.Base(a)
		}
	}
	if args[0] == "export" {
		args = append(args, "--data", "/absent", "--run-dir", "/absent")
	}
	if code, _, problems := try("en", args...); code == exitUsage {
		return problems
	}
	return ""
}
