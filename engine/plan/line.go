package plan

// String gives the ip or ipvsadm line that does the same.
func (o Op) String() string { return string(o.Verb) }

// Lines gives one line per operation.
func (p Plan) Lines() []string { return nil }
