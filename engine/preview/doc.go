// Package preview tells what a text would do in this kernel to a node that is
// master of everything in it, without a running role. It looks at the kernel,
// which may load the module of IPVS for that, and writes nothing.
package preview
