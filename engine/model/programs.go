package model

import (
	"reflect"
	"sync"
)

// Program runs of a configuration, for the policy that decides whether they may.

// Run is a command as a configuration would have it run: who it runs as, and
// whether enable_script_security watches over it.
type Run struct {
	Command
	As     User // the command's own, else script_user; "" is for the engine to choose
	Secure bool
}

// Runs lists every command of a resolved configuration, whatever the word that it
// stands behind.
func Runs(c Config) (runs []Run) {
	walkCommands(reflect.ValueOf(&c).Elem(), func(cmd Command) {
		if !cmd.Written() {
			return
		}
		as := cmd.User.Val
		if as.Name == "" {
			as = c.Global.ScriptUser.Val
		}
		runs = append(runs, Run{cmd, as, c.Global.ScriptSecurity})
	})
	return runs
}

var commandType = reflect.TypeFor[Command]()

// walkCommands calls found for every command in v.
func walkCommands(v reflect.Value, found func(Command)) {
	if !holdsCommand(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walkCommands(v.Index(i), found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			walkCommands(v.MapIndex(key), found)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkCommands(v.Elem(), found)
		}
	case reflect.Struct:
		if v.Type() == commandType {
			found(v.Interface().(Command))
			return
		}
		for i := range v.NumField() {
			walkCommands(v.Field(i), found)
		}
	}
}

var commandTypes sync.Map // reflect.Type -> bool: whether a value of it may hold a command

// holdsCommand says whether a value of the type may hold a command.
func holdsCommand(t reflect.Type) bool {
	if known, ok := commandTypes.Load(t); ok {
		return known.(bool)
	}
	commandTypes.Store(t, false) // a type inside itself adds nothing
	holds := t == commandType || t.Kind() == reflect.Interface
	switch t.Kind() {
	case reflect.Slice, reflect.Array, reflect.Map, reflect.Pointer:
		holds = holdsCommand(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			holds = holds || holdsCommand(t.Field(i).Type)
		}
	}
	commandTypes.Store(t, holds)
	return holds
}
