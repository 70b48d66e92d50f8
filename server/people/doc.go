// Package people holds the commands about who may use the console: accounts and the
// tokens of programs. They call the functions that the pages and the API call, on the
// database itself, so that root on the host can always let somebody in; what is done is
// in the audit under the name of the operator. They decide nothing.
package people
