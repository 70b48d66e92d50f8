package kernel

// Abilities names what this process may not do or the kernel lacks, as codes:
// no-net-admin, no-net-raw, no-ipvs. Empty means that nothing is held back.
func Abilities() []string { return nil }
