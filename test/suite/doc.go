// Suite runs every test of the house in lanes and says at the end what ran,
// what failed and what this machine could not run. A test that was skipped, or
// a package without a single test, counts as failed: silence is no proof.
//
//	go run ./test/suite [-only STAGE,...] [-long] [-rounds N]
//
//	first   format, go.mod
//	then    host lane:    labs in namespaces, unit tests that wait for timers
//	        guest lane:   what needs IPVS, in a guest
//	        story lane:   the demo and the tutorial beside keepalived, in guests
//	        patient lane: all other unit tests, and vet; they yield the processor
//	alone   connections under fire, in a guest
//	last    the browser
//
// Unit tests run with the race detector where goroutines are started; tests named
// TestSize, which move many mebibytes, run without it.
//
// Labs measure time, and a busy machine takes it from them: up to three tests that
// failed run once more, alone, at the end. One that passes then is named as unsteady.
// A data race, a panic and a skip have no second chance, and the long forms give none.
package main
