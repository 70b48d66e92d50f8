// Package verify finds out from the director whether a real server is ready for direct
// routing or a tunnel: whether it has the address of the service, keeps it from its
// neighbours and answers as that address. It is pure: it makes the frames that ask, reads
// those that come back and gives a verdict; somebody else sends and receives.
//
//	director                                    real server
//	  who has the address of the service? ───▶  silent, if it is ready
//	  who has your own address?           ───▶  answers: it has seen the question before
//	  SYN to the service, to your MAC     ───▶  SYN-ACK as the service
//	  echo to the service, to your MAC    ───▶  a reply as the service, if it has the address
//	  SYN and echo to your own address    ───▶  answers, if it takes our packets at all
//
// With a tunnel the SYN to the service comes wrapped, and once more plainly where the
// server is on the link, which tells a fault of the tunnel from one of the address.
package verify
