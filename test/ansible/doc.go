// Package ansible holds one test: the playbook of deploy/ansible, run by Debian's
// ansible-core against a pair in network namespaces. It needs root and a build.
package ansible
