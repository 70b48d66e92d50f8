// Package traffic kills what runs on a director while connections pass through
// its IPVS table. It needs IPVS and so runs in the guest. It holds tests only.
package traffic
