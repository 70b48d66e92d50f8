package assets

// Directive words what a directive does. loss is the id of what is lost with one that
// is kept and not acted on, and instead the word that replaces it today; "" is none.
func Directive(lang, id, loss, instead string) string {
	effect := Text(lang, "directive."+id, nil)
	switch {
	case loss != "":
		return Text(lang, "support.kept-effect", map[string]string{"Effect": effect, "Loss": Text(lang, "unacted."+loss, nil)})
	case instead != "":
		return Text(lang, "support.instead", map[string]string{"Effect": effect, "Word": instead})
	}
	return effect
}
