package model

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// holds says what of v the schema forbids: the part of JSON Schema that Schema uses.
func holds(root, s map[string]any, v any, path string) error {
	for rule, arg := range s {
		if err := ruleHolds(root, s, rule, arg, v, path); err != nil {
			return err
		}
	}
	return nil
}

func ruleHolds(root, s map[string]any, rule string, arg, v any, path string) error {
	no := fmt.Errorf("%s: %v breaks %s %v", path, v, rule, arg)
	object, _ := v.(map[string]any)
	number, _ := v.(float64)
	text, isText := v.(string)
	switch rule {
	case "$schema", "title", "description", "$defs", "default", "examples":
	case "$ref":
		def, ok := root["$defs"].(map[string]any)[strings.TrimPrefix(arg.(string), "#/$defs/")]
		if !ok {
			return no
		}
		return holds(root, def.(map[string]any), v, path)
	case "type":
		got := map[reflect.Kind]string{reflect.String: "string", reflect.Bool: "boolean", reflect.Float64: "number",
			reflect.Map: "object", reflect.Slice: "array"}[reflect.ValueOf(v).Kind()]
		if got != arg && (arg != "integer" || got != "number" || number != float64(int64(number))) {
			return no
		}
	case "const":
		if !reflect.DeepEqual(arg, v) {
			return no
		}
	case "enum":
		for _, e := range arg.([]any) {
			if reflect.DeepEqual(e, v) {
				return nil
			}
		}
		return no
	case "oneOf":
		fit := 0
		for _, e := range arg.([]any) {
			if holds(root, e.(map[string]any), v, path) == nil {
				fit++
			}
		}
		if fit != 1 {
			return no
		}
	case "properties":
		for name, value := range object {
			if p, ok := arg.(map[string]any)[name]; ok {
				if err := holds(root, p.(map[string]any), value, path+"."+name); err != nil {
					return err
				}
			}
		}
	case "additionalProperties":
		for name := range object {
			if _, ok := s["properties"].(map[string]any)[name]; !ok {
				return fmt.Errorf("%s has no member %s", path, name)
			}
		}
	case "required":
		for _, name := range arg.([]any) {
			if _, ok := object[name.(string)]; !ok {
				return no
			}
		}
	case "items":
		for i, e := range v.([]any) {
			if err := holds(root, arg.(map[string]any), e, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case "minimum":
		if number < arg.(float64) {
			return no
		}
	case "maximum":
		if number > arg.(float64) {
			return no
		}
	case "maxLength":
		if len(text) > int(arg.(float64)) {
			return no
		}
	case "pattern":
		if isText && !regexp.MustCompile(arg.(string)).MatchString(text) {
			return no
		}
	default:
		return fmt.Errorf("%s: a rule that this test does not know: %s", path, rule)
	}
	return nil
}

func readSchema(t *testing.T) map[string]any {
	t.Helper()
	text, err := Schema(func(id string) string { return "about " + id })
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]any
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheSchemaAllowsEveryDirective(t *testing.T) {
	conforms(t, everything(t))
}

func TestTheSchemaAllowsADefaultThatIsWrittenOut(t *testing.T) {
	c, _ := Parse("x", []byte("global_defs {\n vrrp_garp_interval 0\n vrrp_gna_interval 0\n max_auto_priority 0\n}\n"), Facts{})
	conforms(t, c)
}

// conforms expects that the schema has nothing against the JSON form of c.
func conforms(t *testing.T, c Config) {
	t.Helper()
	s := readSchema(t)
	text, err := JSON(c)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if err := holds(s, s, v, ""); err != nil {
		t.Errorf("%v in %s", err, text)
	}
}

func TestTheSchemaForbidsWhatIsNotInTheTable(t *testing.T) {
	s := readSchema(t)
	for _, form := range []string{
		`{"vrrp_instance":[{"name":"V","interface":"eth0","virtual_router_id":300}]}`,
		`{"vrrp_instance":[{"name":"V","interface":"eth0"}]}`,
		`{"vrrp_instance":[{"name":"V","interface":"eth0","virtual_router_id":1,"prioritie":5}]}`,
		`{"global_defs":{"vrrp_version":4}}`,
		`{"global_defs":{"smtp_alert":"yes"}}`,
		`{"virtual_server":[{"address":"192.0.2.1","protocol":"tcp"}]}`,
		`{"unknown":1}`,
	} {
		var v any
		if err := json.Unmarshal([]byte(form), &v); err != nil {
			t.Fatal(err)
		}
		if holds(s, s, v, "") == nil {
			t.Errorf("%s is allowed", form)
		}
	}
}
