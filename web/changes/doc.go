// Package changes leads a text from the operator's hand to the kernel: the
// candidate, its findings, the plan in both roles, commit, apply, keep or go
// back, and the history, which is put right when a role runs no more what was kept.
// Pages and API call the same functions here. It never touches the kernel: it asks
// the roles, and they go back by themselves when nobody confirms, so that it may die
// at any moment.
package changes
