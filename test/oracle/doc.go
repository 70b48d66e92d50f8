// Package oracle holds Holdfast's reading of keepalived.conf against keepalived
// 2.2.7 itself: what it complains about, and the values it ends up with, for a
// text and for our export of it. Every keepalived runs in network and mount
// namespaces that the test made for it. The texts are those of the folder that
// HOLDFAST_CORPUS names, else of a corpus beside the checkout, and our own.
package oracle
