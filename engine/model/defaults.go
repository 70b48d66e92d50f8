package model

import "sync"

// defaults are the values in force where nothing is written, as the tags say them.
type defaults struct {
	global   Global
	script   Script
	file     TrackFile
	instance Instance
	virtual  Virtual
	checks   map[Kind]Timing
	persists Seconds // of persistence_timeout alone, and of what makes no sense without
}

var readDefaults = sync.OnceValue(func() *defaults {
	server := readTable().inside(virtualServer).inside("real_server")
	d := &defaults{
		global:   defaultsOf[Global](readTable().inside("global_defs")),
		script:   defaultsOf[Script](readTable().inside("vrrp_script")),
		file:     defaultsOf[TrackFile](readTable().inside("track_file")),
		instance: defaultsOf[Instance](readTable().inside("vrrp_instance")),
		virtual:  defaultsOf[Virtual](readTable().inside(virtualServer)),
		checks:   map[Kind]Timing{},
		persists: bareOf[Seconds](readTable().inside(virtualServer), "persistence_timeout"),
	}
	for _, kind := range server.words[string(HTTPGet)].words {
		d.checks[Kind(kind)] = defaultsOf[Check](server.inside(kind)).Timing
	}
	return d
})

// defaultsOf is a block in which nothing is written.
func defaultsOf[T any](b *block) T {
	return b.defaults.Interface().(T)
}

// bareOf is the value of a word that stands alone.
func bareOf[T any](b *block, word string) T {
	d := *b.words[word]
	d.def = d.bare
	return d.parseDefault().Interface().(Opt[T]).Val
}
