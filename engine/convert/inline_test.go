package convert_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"holdfast/engine/conf"
	"holdfast/engine/convert"
	"holdfast/engine/model"
)

// folder gives the files of a directory that exists in the test only.
func folder(files map[string]string) convert.Reading {
	return func(node string) model.Facts {
		return model.Facts{Node: node, Env: func(string) (string, bool) { return "eth7", true },
			Files: func(pattern, _ string) (found []conf.Source, err error) {
				for _, name := range []string{"a.conf", "b.conf"} {
					if ok, _ := path.Match(pattern, name); ok && files[name] != "" {
						found = append(found, conf.Source{Name: name, Text: []byte(files[name])})
					}
				}
				return found, nil
			}}
	}
}

var alone = folder(nil)

// shelf gives files by their exact names.
func shelf(files map[string]string) convert.Reading {
	return func(node string) model.Facts {
		return model.Facts{Node: node, Files: func(pattern, _ string) ([]conf.Source, error) {
			text, ok := files[pattern]
			if !ok {
				return nil, fmt.Errorf("no %s", pattern)
			}
			return []conf.Source{{Name: pattern, Text: []byte(text)}}, nil
		}}
	}
}

func ExampleInline() {
	reading := folder(map[string]string{"a.conf": "global_defs {\n    router_id a\n}\n"})
	one, carried := convert.Inline("keepalived.conf", []byte("! the node\ninclude a.conf\n"), "lb1", reading)
	fmt.Printf("%scarried out: %v\n", one, carried)
	// Output:
	// ! the node
	// ! a.conf:
	// global_defs {
	//     router_id a
	// }
	// carried out: false
}

func TestTextWithoutIncludesStaysAsItIs(t *testing.T) {
	text := "$A=x\n! include y\n@n $A\n"
	if got, carried := convert.Inline("x", []byte(text), "n", alone); string(got) != text || carried {
		t.Errorf("became %q", got)
	}
}

func TestTheEnvironmentStandsInTheText(t *testing.T) {
	got, carried := convert.Inline("x", []byte("interface ${_ENV HOLDFAST_TEST_LINK}\n"), "n", alone)
	if string(got) != "interface eth7\n" || !carried {
		t.Errorf("became %q, carried out: %v", got, carried)
	}
}

func TestAnIncludeWhosePatternIsDefinedCarriesDefinitionsOut(t *testing.T) {
	reading := folder(map[string]string{"a.conf": "global_defs {\n    router_id $ID\n}\n"})
	got, carried := convert.Inline("x", []byte("$ID=x\n$F=a\ninclude ${F}.conf\n"), "n", reading)
	if !carried || !strings.Contains(string(got), "router_id x") || strings.Contains(string(got), "$ID") {
		t.Errorf("carried out: %v, became %q", carried, got)
	}
}

func TestWithoutFilesAndEnvironmentATextStaysAsItIs(t *testing.T) {
	nothing := func(node string) model.Facts { return model.Facts{Node: node} }
	text := "$A=x\ninclude a.conf\nrouter_id ${_ENV ID}$A\n"
	if got, carried := convert.Inline("x", []byte(text), "n", nothing); string(got) != text || carried {
		t.Errorf("became %q, carried out: %v", got, carried)
	}
}
