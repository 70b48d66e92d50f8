// Package forecast tells what a text would do to the addresses of its virtual routers,
// given what is heard: who would hold them, and when. It plays on what the instances and
// the routers that are heard would do, with the decisions of engine/vrrp themselves. What
// cannot be heard, such as a silent backup, it tells as a possibility. It reads no clock.
package forecast
