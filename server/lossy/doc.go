// Package lossy passes lines on to a writer that may block, and drops them rather than
// wait: nobody's full pipe may hold up an advert. What the lines say it does not know.
package lossy
