package plan

import "errors"

// Refused gives the additions of addresses in p that a kernel in state s would refuse
// because their network has another scope on the link.
func (s State) Refused(p Plan) (refused []Address) {
	s = s.Normal()
	for _, o := range p {
		next, err := s.With(o)
		if errors.Is(err, EINVAL) && o.Verb == AddAddress {
			refused = append(refused, o.Address)
		} else if err == nil {
			s = next
		}
	}
	return refused
}
