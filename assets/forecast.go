package assets

import "maps"

// Forecast words what a text would do to the addresses of an instance.
func Forecast(lang, code, cause string, facts map[string]string) string {
	facts = oneLine(maps.Clone(facts))
	facts["cause"] = ""
	if cause != "" {
		facts["cause"] = disagreement(lang, cause, facts)
	}
	return Text(lang, "forecast."+code, facts)
}

// disagreement words what two routers do not agree on, or why an instance cannot take part.
func disagreement(lang, cause string, facts map[string]string) string {
	for _, room := range []string{"disagree.", "reason."} {
		if words, found := find(lang, room+cause, facts); found {
			return words
		}
	}
	return Text(lang, "disagree.otherwise", facts)
}
