package kernel

import "golang.org/x/sys/unix"

// The types of nft(8) that the sets of drops are of, and where IPv4 and IPv6 have the
// addresses of a packet.
const (
	ipv4Type, ipv6Type, ifnameType = 7, 8, 41
	typeBits                       = 6 // of each type in a concatenation

	net4Len, net6Len                = 4, 16
	source4, destination4           = 12, 16
	source6, destination6           = 8, 24
	neighborSolicit, neighborAdvert = 135, 136
)

// dropSets makes the table and the sets of drops.
func (f nftTable) dropSets() []nftMessage {
	list := []nftMessage{{unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE, f.named(unix.NFTA_TABLE_NAME)}}
	if f.family == unix.NFPROTO_IPV4 {
		return append(list, f.set(dropSet, 1, ipv4Type, net4Len))
	}
	return append(list,
		f.set(dropSet, 1, ipv6Type, net6Len),
		f.set(dropLocalSet, 2, ipv6Type<<typeBits|ifnameType, net6Len+unix.IFNAMSIZ))
}

// dropChains makes the chains that look into the sets.
func (f nftTable) dropChains(form DropTable) (list []nftMessage) {
	if f.family == unix.NFPROTO_IPV4 {
		return append(list,
			f.dropChain(dropIn, hookInput, form), f.dropRule(dropIn, unix.NFT_META_IIFNAME, destination4, dropSet, form),
			f.dropChain(dropOut, hookOutput, form), f.dropRule(dropOut, unix.NFT_META_OIFNAME, source4, dropSet, form))
	}
	for _, c := range []struct {
		name     string
		hook, at uint32
		link     uint32
	}{{dropIn, hookInput, destination6, unix.NFT_META_IIFNAME}, {dropOut, hookOutput, source6, unix.NFT_META_OIFNAME}} {
		list = append(list, f.dropChain(c.name, c.hook, form),
			f.passRule(c.name, neighborSolicit, form), f.passRule(c.name, neighborAdvert, form),
			f.dropRule(c.name, c.link, c.at, dropSet, form), f.dropRule(c.name, c.link, c.at, dropLocalSet, form))
	}
	return list
}

// set makes an empty set. That it is not there yet tells whether its chains are.
func (f nftTable) set(name string, id, keyType, length uint32) nftMessage {
	e := f.named(unix.NFTA_SET_TABLE)
	e.text(unix.NFTA_SET_NAME, name)
	e.b32(unix.NFTA_SET_KEY_TYPE, keyType)
	e.b32(unix.NFTA_SET_KEY_LEN, length)
	e.b32(unix.NFTA_SET_ID, id)
	return nftMessage{unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE | unix.NLM_F_EXCL, e}
}

func (f nftTable) dropChain(name string, hook uint32, form DropTable) nftMessage {
	return nftMessage{unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, f.chain(name, hook, form.Priority)}
}

// noDropChains takes the chains of drops away, with their rules.
func (f nftTable) noDropChains() (list []nftMessage) {
	for _, name := range []string{dropIn, dropOut} {
		rules, chain := f.named(unix.NFTA_RULE_TABLE), f.named(unix.NFTA_CHAIN_TABLE)
		rules.text(unix.NFTA_RULE_CHAIN, name)
		chain.text(unix.NFTA_CHAIN_NAME, name)
		list = append(list, nftMessage{unix.NFT_MSG_DELRULE, 0, rules}, nftMessage{unix.NFT_MSG_DELCHAIN, 0, chain})
	}
	return list
}

// dropRule drops packets of which the address at this place is in the set, with the name
// of their link where the set has names.
func (f nftTable) dropRule(chain string, link, at uint32, set string, form DropTable) nftMessage {
	return f.ruleOf(chain, func(e *encoder) {
		length := uint32(net4Len)
		if f.family == unix.NFPROTO_IPV6 {
			length = net6Len
		}
		e.payload(unix.NFT_PAYLOAD_NETWORK_HEADER, at, length)
		if set == dropLocalSet {
			e.metaInto(link, unix.NFT_REG_2) // right behind the 16 bytes of the address
		}
		e.expression("lookup", func(e *encoder) {
			e.text(unix.NFTA_LOOKUP_SET, set)
			e.b32(unix.NFTA_LOOKUP_SREG, unix.NFT_REG_1)
		})
		e.counter(form.Counters)
		e.verdict(verdictDrop)
	})
}

// passRule lets a message of ICMPv6 pass.
func (f nftTable) passRule(chain string, kind byte, form DropTable) nftMessage {
	return f.ruleOf(chain, func(e *encoder) {
		e.meta(unix.NFT_META_L4PROTO)
		e.equal(unix.IPPROTO_ICMPV6)
		e.payload(unix.NFT_PAYLOAD_TRANSPORT_HEADER, 0, 1)
		e.equal(kind)
		e.counter(form.Counters)
		e.verdict(verdictAccept)
	})
}

// counter has the packets of a rule counted that come to this place in it.
func (e *encoder) counter(on bool) {
	if on {
		e.expression("counter", func(*encoder) {})
	}
}

// member is a change to entries of a set.
func (f nftTable) member(kind, flags int, set string, keys [][]byte) nftMessage {
	e := f.named(unix.NFTA_SET_ELEM_LIST_TABLE)
	e.text(unix.NFTA_SET_ELEM_LIST_SET, set)
	e.nest(unix.NFTA_SET_ELEM_LIST_ELEMENTS, func(e *encoder) {
		for _, key := range keys {
			e.nest(unix.NFTA_LIST_ELEM, func(e *encoder) {
				e.nest(unix.NFTA_SET_ELEM_KEY, func(e *encoder) { e.bytes(unix.NFTA_DATA_VALUE, key) })
			})
		}
	})
	return nftMessage{kind, flags, e}
}
