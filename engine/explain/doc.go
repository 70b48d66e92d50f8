// Package explain tells of each line of a text, and of the files that it includes,
// what it became and which operations of a plan it causes. It is given the tree,
// what was found in it and the plan; it reads no file, looks at no kernel and says
// no word: what is to be said of a line is a Note, whose sentence is made at the edge.
//
//	in := explain.Read(name, text, facts)
//	in.Planned = … // what the text would do, unless in.Failed()
//	x, err := explain.Explain(in)
package explain
