// Package mailsettings holds what pages and API both ask of mail settings: the
// choices there are, and what keeps settings from being used. It sends nothing.
package mailsettings
