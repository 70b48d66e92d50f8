package model

import "holdfast/engine/conf"

// Credentials is the block SSL: what SSL_GET shows to servers that ask who it is.
type Credentials struct {
	Certificate, Key, CA string // files in PEM; "" is none
	Password             Secret // of the key
}

// Credentials gives those of c. Of several blocks SSL the last one counts.
func (c *Config) Credentials() Credentials {
	var s Credentials
	for _, block := range c.Kept {
		if block.Word != "SSL" {
			continue
		}
		s = Credentials{}
		for _, i := range block.Lines {
			if len(i.Args) == 0 {
				continue
			}
			value := conf.Unquote(i.Args[0])
			switch i.Word {
			case "certificate":
				s.Certificate = value
			case "key":
				s.Key = value
			case "ca":
				s.CA = value
			case "password":
				s.Password = Secret(value)
			}
		}
	}
	return s
}
