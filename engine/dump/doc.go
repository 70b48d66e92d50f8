// Package dump writes the reports that keepalived 2.2.7 writes when a signal asks for
// them: keepalived.data and keepalived.stats as text, keepalived.json. Exporters and
// scripts that were made for keepalived read them. It is given values and returns
// bytes; it opens no file. fields.txt lists every field of keepalived's files: which
// are equal, and which are left out or differ, with the reason.
package dump
