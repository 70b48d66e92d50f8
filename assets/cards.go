package assets

// CardHelp says what is asked in a field of a card, in words of the card's own where the
// field means something else there.
func CardHelp(lang, card, field string) string {
	if id := "ui.card-help." + card + "-" + field; Known(id) {
		return Text(lang, id, nil)
	}
	return Text(lang, "ui.card-help."+field, nil)
}
