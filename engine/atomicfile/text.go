package atomicfile

import "unsafe"

// Text is b as a string in the same memory, so that a large file is not there twice. b
// must not change any more.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// Bytes is text as bytes in the same memory, for one who only reads them.
func Bytes(text string) []byte { return unsafe.Slice(unsafe.StringData(text), len(text)) }
