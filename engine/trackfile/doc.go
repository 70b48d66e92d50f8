// Package trackfile reads the numbers in the files of track_file, and tells when they
// change. What a number means is decided by who tracks it.
package trackfile
