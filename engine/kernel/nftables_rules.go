package kernel

import (
	"encoding/binary"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// What x/sys/unix lacks (linux/netfilter.h and the types of nft(8)).
const (
	ifaceIndexType = 20 // "iface_index"
	hookInput      = 1  // NF_INET_LOCAL_IN
	hookOutput     = 3  // NF_INET_LOCAL_OUT
	beforeFilter   = -1
	verdictDrop    = 0
	verdictAccept  = 1
)

// hostOrder tells nft(8), which lists the map, that keys and values are in the order of
// the host (NFTNL_UDATA_SET_KEYBYTEORDER, _DATABYTEORDER).
var hostOrder = append(native.AppendUint32([]byte{0, 4}, 1), native.AppendUint32([]byte{1, 4}, 1)...)

// The messages of ICMPv6 that a macvlan is not to send (RFC 2710, 3; RFC 3810, 5.2; RFC
// 4861, 4.1).
const (
	mldReport, mldDone, routerSolicitation, mldReport2 = 131, 132, 133, 143
)

// b32 writes v in network order, as nftables has its numbers.
func (e *encoder) b32(kind uint16, v uint32) { e.bytes(kind, binary.BigEndian.AppendUint32(nil, v)) }

// named begins a body with the name of the table.
func (f nftTable) named(attr uint16) (e encoder) {
	e.text(attr, f.name)
	return e
}

// table makes the table with the map, and the chain for what leaves.
func (f nftTable) table() []nftMessage {
	set := f.named(unix.NFTA_SET_TABLE)
	set.text(unix.NFTA_SET_NAME, macvlanMap)
	set.b32(unix.NFTA_SET_FLAGS, unix.NFT_SET_MAP)
	set.b32(unix.NFTA_SET_KEY_TYPE, ifaceIndexType)
	set.b32(unix.NFTA_SET_KEY_LEN, 4)
	set.b32(unix.NFTA_SET_DATA_TYPE, ifaceIndexType)
	set.b32(unix.NFTA_SET_DATA_LEN, 4)
	set.b32(unix.NFTA_SET_ID, 1)
	set.bytes(unix.NFTA_SET_USERDATA, hostOrder)
	return []nftMessage{
		{unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE, f.named(unix.NFTA_TABLE_NAME)},
		{unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE | unix.NLM_F_EXCL, set},
		{unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, f.chain(macvlanChain, hookOutput, beforeFilter)},
	}
}

// deleteTable removes our table with all that is in it.
func (f nftTable) deleteTable() nftMessage {
	return nftMessage{kind: unix.NFT_MSG_DELTABLE, body: f.named(unix.NFTA_TABLE_NAME)}
}

// chain is a chain at a hook.
func (f nftTable) chain(name string, hook uint32, priority int32) encoder {
	chain := f.named(unix.NFTA_CHAIN_TABLE)
	chain.text(unix.NFTA_CHAIN_NAME, name)
	chain.nest(unix.NFTA_CHAIN_HOOK, func(e *encoder) {
		e.b32(unix.NFTA_HOOK_HOOKNUM, hook)
		e.b32(unix.NFTA_HOOK_PRIORITY, uint32(priority))
	})
	chain.text(unix.NFTA_CHAIN_TYPE, "filter")
	return chain
}

// rules are those of the chain: what is reported leaves by the parent, and a question for
// routers does not leave.
func (f nftTable) rules() []nftMessage {
	if f.family == unix.NFPROTO_IPV4 {
		return []nftMessage{f.rule(9, unix.IPPROTO_IGMP, true)}
	}
	return []nftMessage{f.rule(0, mldReport2, true), f.rule(0, mldReport, true), f.rule(0, mldDone, true), f.rule(0, routerSolicitation, false)}
}

// rule is about packets of macvlans whose byte at a place has a value: in the header of
// IPv4, or in the message of ICMPv6.
func (f nftTable) rule(at uint32, value byte, report bool) nftMessage {
	base, daddr, length := uint32(unix.NFT_PAYLOAD_NETWORK_HEADER), uint32(16), uint32(4)
	six := f.family == unix.NFPROTO_IPV6
	if six {
		base, daddr, length = unix.NFT_PAYLOAD_TRANSPORT_HEADER, 24, 16
	}
	return f.ruleOf(macvlanChain, func(e *encoder) {
		if six {
			e.meta(unix.NFT_META_L4PROTO)
			e.equal(unix.IPPROTO_ICMPV6)
		}
		e.payload(base, at, 1)
		e.equal(value)
		e.meta(unix.NFT_META_OIF)
		e.expression("lookup", func(e *encoder) { // the parent, or this is no packet for the rule
			e.text(unix.NFTA_LOOKUP_SET, macvlanMap)
			e.b32(unix.NFTA_LOOKUP_SREG, unix.NFT_REG_1)
			e.b32(unix.NFTA_LOOKUP_DREG, unix.NFT_REG_2)
		})
		if report {
			e.payload(unix.NFT_PAYLOAD_NETWORK_HEADER, daddr, length)
			e.expression("dup", func(e *encoder) {
				e.b32(unix.NFTA_DUP_SREG_ADDR, unix.NFT_REG_1)
				e.b32(unix.NFTA_DUP_SREG_DEV, unix.NFT_REG_2)
			})
		}
		e.verdict(verdictDrop)
	})
}

// ruleOf is a rule at the end of a chain.
func (f nftTable) ruleOf(chain string, expressions func(*encoder)) nftMessage {
	rule := f.named(unix.NFTA_RULE_TABLE)
	rule.text(unix.NFTA_RULE_CHAIN, chain)
	rule.nest(unix.NFTA_RULE_EXPRESSIONS, expressions)
	return nftMessage{unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE | unix.NLM_F_APPEND, rule}
}

// verdict ends a rule for the packets that it is about.
func (e *encoder) verdict(code uint32) {
	e.expression("immediate", func(e *encoder) {
		e.b32(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT)
		e.nest(unix.NFTA_IMMEDIATE_DATA, func(e *encoder) {
			e.nest(unix.NFTA_DATA_VERDICT, func(e *encoder) { e.b32(unix.NFTA_VERDICT_CODE, code) })
		})
	})
}

func (e *encoder) expression(name string, data func(*encoder)) {
	e.nest(unix.NFTA_LIST_ELEM, func(e *encoder) {
		e.text(unix.NFTA_EXPR_NAME, name)
		e.nest(unix.NFTA_EXPR_DATA, data)
	})
}

// meta loads what is known of a packet beside its bytes.
func (e *encoder) meta(key uint32) { e.metaInto(key, unix.NFT_REG_1) }

func (e *encoder) metaInto(key, register uint32) {
	e.expression("meta", func(e *encoder) {
		e.b32(unix.NFTA_META_KEY, key)
		e.b32(unix.NFTA_META_DREG, register)
	})
}

// payload loads bytes of a packet.
func (e *encoder) payload(base, at, length uint32) {
	e.expression("payload", func(e *encoder) {
		e.b32(unix.NFTA_PAYLOAD_DREG, unix.NFT_REG_1)
		e.b32(unix.NFTA_PAYLOAD_BASE, base)
		e.b32(unix.NFTA_PAYLOAD_OFFSET, at)
		e.b32(unix.NFTA_PAYLOAD_LEN, length)
	})
}

// equal ends the rule for packets of which another byte was loaded.
func (e *encoder) equal(value byte) {
	e.expression("cmp", func(e *encoder) {
		e.b32(unix.NFTA_CMP_SREG, unix.NFT_REG_1)
		e.b32(unix.NFTA_CMP_OP, unix.NFT_CMP_EQ)
		e.nest(unix.NFTA_CMP_DATA, func(e *encoder) { e.bytes(unix.NFTA_DATA_VALUE, []byte{value}) })
	})
}

// element is a change to one entry of the map; a parent of 0 is none.
func (f nftTable) element(kind, link, parent int) nftMessage {
	e := f.named(unix.NFTA_SET_ELEM_LIST_TABLE)
	e.text(unix.NFTA_SET_ELEM_LIST_SET, macvlanMap)
	e.nest(unix.NFTA_SET_ELEM_LIST_ELEMENTS, func(e *encoder) {
		e.nest(unix.NFTA_LIST_ELEM, func(e *encoder) {
			e.nest(unix.NFTA_SET_ELEM_KEY, func(e *encoder) { e.u32(unix.NFTA_DATA_VALUE, uint32(link)) })
			if parent > 0 {
				e.nest(unix.NFTA_SET_ELEM_DATA, func(e *encoder) { e.u32(unix.NFTA_DATA_VALUE, uint32(parent)) })
			}
		})
	})
	return nftMessage{kind, unix.NLM_F_CREATE, e}
}

// mapped gives the links in the map. The error is ENOENT where there is no table.
func (f nftTable) mapped() (list []int, err error) {
	keys, err := f.members(macvlanMap)
	for _, key := range keys {
		if len(key) == 4 {
			list = append(list, int(native.Uint32(key)))
		}
	}
	return list, err
}

// members gives the keys in a set or map. The error is ENOENT where it is not there.
func (f nftTable) members(set string) (list [][]byte, err error) {
	req := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|unix.NFT_MSG_GETSETELEM, unix.NLM_F_DUMP)
	req.AddData(&nl.Nfgenmsg{NfgenFamily: f.family})
	req.AddRawData(func() []byte {
		e := f.named(unix.NFTA_SET_ELEM_LIST_TABLE)
		e.text(unix.NFTA_SET_ELEM_LIST_SET, set)
		return e
	}())
	msgs, err := req.Execute(unix.NETLINK_NETFILTER, 0)
	if err != nil {
		return nil, err
	}
	for _, m := range msgs {
		if len(m) < nl.SizeofNfgenmsg {
			continue
		}
		attributes(inner(m[nl.SizeofNfgenmsg:], unix.NFTA_SET_ELEM_LIST_ELEMENTS), func(_ uint16, v []byte) {
			list = append(list, inner(inner(v, unix.NFTA_SET_ELEM_KEY), unix.NFTA_DATA_VALUE))
		})
	}
	return list, nil
}
