package conf

import "strings"

// Raw are the words of the node as written.
func (n *Node) Raw() []string {
	words := make([]string, len(n.Words))
	for i := range n.Words {
		words[i] = n.Words[i].Raw
	}
	return words
}

// Heading is the words of the node with one blank between them: of a block what
// stands in front of its brace.
func (n *Node) Heading() string { return strings.Join(n.Raw(), " ") }
