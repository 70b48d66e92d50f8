// Command holdfast is the whole product in one binary: the commands an operator
// types, and the roles that serve and run start from the same file. It parses
// flags, calls and prints; it decides nothing. Exit codes are a contract: 0 good,
// 1 the operation was refused or failed, 2 wrong usage.
package main
