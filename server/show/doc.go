// Package show puts what the commands know into words of the reader's language, and
// prints it: findings, an explained text, what the roles answered. It decides nothing
// and asks nobody.
package show
