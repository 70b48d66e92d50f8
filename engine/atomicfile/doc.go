// Package atomicfile replaces a file so that a reader finds the old bytes or the
// new ones, never a part. It knows nothing of what the files mean.
package atomicfile
