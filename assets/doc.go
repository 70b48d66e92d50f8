// Package assets holds the files the console serves and every word a person
// reads, in English and 简体中文, embedded in the binary. It decides nothing.
package assets
