package cards

// kindField is the question for what listens on a port.
const kindField = "kind"

// ports are those of the services that are named.
var ports = map[string]string{"smtp": "25", "submission": "587", "imap": "143", "imaps": "993", "mysql": "3306", "postgresql": "5432", "redis": "6379"}

// otherPort is the answer for a service that has to name its port.
const otherPort = "other"

// portCard is a service of one TCP port with long connections: mail or a database.
var portCard = Card{
	Name: "port",
	Fields: []Field{
		whichNode, virtual, outside,
		{Name: kindField, Kind: Choice, Need: true, Values: []string{"smtp", "submission", "imap", "imaps", "mysql", "postgresql", "redis", otherPort}},
		{Name: portField, Kind: Number, Least: 1, Most: 65535}, realServers,
		{Name: methodField, Kind: Choice, Default: methodDirect, Values: []string{methodDirect, methodNAT, methodTunnel}}, routerID, secret,
	},
	write: func(w *writer) {
		kind := w.answers[kindField]
		if w.answers[portField] == "" {
			if w.answers[portField] = ports[kind]; kind == otherPort {
				w.refuse(refuse(Missing, portField, "Name", portField))
				return
			}
		}
		if r, ok := w.router(addressField, interfaceField, vridField); ok {
			w.writeRouter(r)
		}
		check := w.tcpCheck
		if kind == "smtp" || kind == "submission" {
			check = w.mailCheck
		}
		w.writeService(service{port: w.answers[portField], scheduler: "wlc", method: w.answers[methodField], servers: w.servers(), check: check})
	},
}
