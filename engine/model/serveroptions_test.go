package model

import (
	"reflect"
	"testing"
)

func TestServersShareOptionsOnlyWhereEveryWordIsAlike(t *testing.T) {
	if a, b := (&ServerOptions{}), (&ServerOptions{}); !a.alike(b) {
		t.Error("empty ones differ")
	}
	typ := reflect.TypeFor[ServerOptions]()
	for i := range typ.NumField() {
		other := ServerOptions{}
		different(t, reflect.ValueOf(&other).Elem().Field(i))
		if a := (&ServerOptions{}); a.alike(&other) || other.alike(a) || typ.Field(i).Type == reflect.TypeFor[Command]() && other.alike(&other) {
			t.Errorf("%s makes no difference", typ.Field(i).Name)
		}
	}
}

// different gives a value another than its zero, in the last of its fields.
func different(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		different(t, v.Field(v.NumField()-1))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
	default:
		t.Fatalf("a %s", v.Type())
	}
}

func TestServersOfATextShareTheirOptions(t *testing.T) {
	text := `virtual_server 192.0.2.1 80 {
  real_server 192.0.2.11 80 {
    weight 1
    uthreshold 5
  }
  real_server 192.0.2.12 80 {
    uthreshold 5
  }
  real_server 192.0.2.13 80 {
    uthreshold 6
  }
  real_server 192.0.2.14 80 {
    uthreshold 6
    notify_up /bin/true
  }
}
virtual_server 192.0.2.2 80 {
  delay_loop 7
  real_server 192.0.2.11 80 {
    uthreshold 5
  }
}
`
	written, _ := Parse("x", []byte(text), host)
	upper := func(c Config) (all []uint32) {
		for _, v := range c.Virtuals {
			for _, r := range v.Servers {
				all = append(all, r.Upper.Val)
			}
		}
		return all
	}
	for name, c := range map[string]Config{"written": written, "resolved": Resolve(written), "written, behind": written} {
		s := c.Virtuals[0].Servers
		if s[0].ServerOptions != s[1].ServerOptions || s[1].ServerOptions == s[2].ServerOptions || s[2].ServerOptions == s[3].ServerOptions {
			t.Errorf("%s: %p %p %p %p", name, s[0].ServerOptions, s[1].ServerOptions, s[2].ServerOptions, s[3].ServerOptions)
		}
		if got, want := upper(c), []uint32{5, 5, 6, 6, 5}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if Resolve(written).Virtuals[1].Servers[0].Timing.DelayLoop.Val == written.Virtuals[1].Servers[0].Timing.DelayLoop.Val {
		t.Error("what was written is resolved, too")
	}
}
