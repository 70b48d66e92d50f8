// Suite runs every test of the house in two lanes and says at the end what ran,
// what failed and what this machine could not run. A test that was skipped, or
// a package without a single test, counts as failed: silence is no proof.
//
//	go run ./test/suite [-only STAGE,...] [-long] [-rounds N]
//
//	first   format, vet, unit tests with the race detector
//	then    host lane:  labs in namespaces
//	        guest lane: what needs IPVS, in a guest
//	alone   connections under fire, in a guest
//	last    the demo, the browser
package main
