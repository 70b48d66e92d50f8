package plan

// Counters are what IPVS counted for a service or a destination since it was added to the
// table, and the rates that it estimates. The kernel sums up both every two seconds, and
// tells what it summed up last.
type Counters struct {
	Connections uint64 `json:"connections"`
	InPackets   uint64 `json:"in_packets"`
	OutPackets  uint64 `json:"out_packets"`
	InBytes     uint64 `json:"in_bytes"`
	OutBytes    uint64 `json:"out_bytes"`
	Rates       Rates  `json:"rates"`
}

// Rates are per second.
type Rates struct {
	Connections uint64 `json:"connections"`
	InPackets   uint64 `json:"in_packets"`
	OutPackets  uint64 `json:"out_packets"`
	InBytes     uint64 `json:"in_bytes"`
	OutBytes    uint64 `json:"out_bytes"`
}

// Add adds what was counted elsewhere.
func (c *Counters) Add(o Counters) {
	c.Connections += o.Connections
	c.InPackets += o.InPackets
	c.OutPackets += o.OutPackets
	c.InBytes += o.InBytes
	c.OutBytes += o.OutBytes
	c.Rates.Connections += o.Rates.Connections
	c.Rates.InPackets += o.Rates.InPackets
	c.Rates.OutPackets += o.Rates.OutPackets
	c.Rates.InBytes += o.Rates.InBytes
	c.Rates.OutBytes += o.Rates.OutBytes
}
