package vrrprole

import (
	"context"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"

	"holdfast/engine"
	"holdfast/engine/bfd"
	"holdfast/engine/code"
	"holdfast/engine/control"
	"holdfast/engine/fifo"
	"holdfast/engine/journal"
	"holdfast/engine/kernel"
	"holdfast/engine/model"
	"holdfast/engine/plan"
	"holdfast/engine/realtime"
	"holdfast/engine/script"
	"holdfast/engine/vrrp"
)

// loop is the inside of the vrrp role. One goroutine (run) owns it and decides in
// what order its parts do their work; each part owns its own fields. Adverts it
// writes itself, at once; whatever may be slow is the writer's.
type loop struct {
	role *role
	opt  Options
	node string
	log  *slog.Logger
	tell func(input)         // from a goroutine that works for the loop
	note func(journal.Entry) // into the journal

	timer      Timer
	links      *links
	sockets    *sockets
	adverts    *adverts
	scripts    *scripts
	processes  *processes
	files      *files
	states     *linkStates
	linkbeat   *linkbeat
	sessions   *sessions
	notify     notifier
	writer     *writer
	daemons    *daemons
	record     *record
	complaints *complaints
	unheard    unheard
	leftovers  *leftovers
	standby    *standby
	takeOver   func(context.Context) error
	work       context.Context // ends when run does
	cancel     context.CancelFunc
	wg         sync.WaitGroup // everything started by the loop

	cfg     model.Config
	wish    linkWish  // what it needs of links beside addresses
	made    madeLinks // what of that is there
	teams   []*team
	routers map[routerKey]*router // of all teams
	byName  map[string]*router    // the same
	hearers map[hearer][]*router  // the same
	vips    map[netip.Addr]bool   // every address of every router

	static   plan.State             // what is there whatever the routers are
	watching bool                   // routes and rules are watched
	unable   []string               // codes of what this process may not do
	changed  time.Time              // when the surroundings of the instances did; zero if that was looked at
	answered func()                 // what waits until it is looked at
	retry    time.Time              // when what is held back is tried again
	refusals map[kernelRefusal]bool // of the kernel, as told
	unsynced []control.Blocked      // of daemons that copy connections
	follows  bool                   // these follow the instance: no earlier run is taken up any more, and nothing ends
	standing standing               // those of addresses that are still to be set or removed
	ending   control.StopMode
	quiet    quiet
	unknown  unknown
	seen     seen
}

func newLoop(r *role, host engine.Services) (*loop, error) {
	net, err := r.opt.OpenNet()
	if err != nil {
		return nil, err
	}
	timer, err := r.opt.Wake()
	if err != nil {
		net.Close()
		return nil, err
	}
	l := &loop{
		role: r, opt: r.opt, node: host.Node, log: host.Log, timer: timer, takeOver: host.TakeOver,
		note: stamped(host.Journal), refusals: map[kernelRefusal]bool{},
	}
	l.record = newRecord(host.RunDir, func(err error) { l.refused(kernelRefusal{"", "write record: " + err.Error()}) })
	work, cancel := context.WithCancel(context.Background())
	l.work, l.cancel = work, cancel
	l.tell = func(in input) {
		select {
		case r.inbox <- in:
		case <-work.Done():
		}
	}
	hear := func(p packet) {
		select {
		case r.inbox <- p:
		default:
			l.unheard.count(dropOverflow)
		}
	}
	l.links = &links{net: net, log: host.Log, tell: l.tell, byName: map[string]kernel.Link{}}
	openWire := func(key socketKey) (Wire, error) {
		if key.ah {
			return r.opt.OpenAH(key.link, key.group)
		}
		return r.opt.OpenWire(key.link, key.group)
	}
	l.adverts = &adverts{}
	l.sockets = &sockets{openWire: openWire, log: host.Log, adverts: l.adverts, unheard: &l.unheard, hear: hear, tell: l.tell, readers: &l.wg,
		open: map[socketKey]*socket{}, lacking: map[socketKey]bool{}, refused: map[socketKey]string{}}
	l.processes = &processes{work: work, group: &l.wg, tell: l.tell, log: host.Log, count: r.opt.CountProcesses}
	l.files = &files{work: work, group: &l.wg, tell: l.tell, log: host.Log, watch: r.opt.WatchDir}
	l.states = &linkStates{byName: map[string]countedLink{}}
	l.linkbeat = &linkbeat{work: work, group: &l.wg, tell: l.tell, log: host.Log, ask: r.opt.Linkbeat}
	l.scripts = &scripts{work: work, runners: &l.wg, run: host.Runner(), tell: l.tell}
	l.sessions = &sessions{listen: r.opt.ListenBFD, sender: r.opt.SendBFD, wake: r.opt.Wake, log: host.Log, tell: l.tell, workers: &l.wg, work: work,
		look: make(chan struct{}, 1), listeners: map[listenKey]BFDListener{}, refused: map[listenKey]string{}, drops: map[bfd.Drop]uint64{}}
	l.notify = notifier{script.NewQueue(work, notifyPatience, host.Runner()), l.tell, engine.NewUnrun(l.note), nil, nil}
	l.notify.fifos = fifo.New(host.Log, filepath.Join(host.RunDir, "fifo-vrrp"), host.Runner(), l.notify.readerEnded(host.Log))
	l.complaints = &complaints{note: l.note, told: map[fault]bool{}}
	l.leftovers = &leftovers{note: l.note}
	l.standby = newStandby(ordersIn(host.Disk, host.StateDir))
	l.seen = seen{note: l.note, told: map[seenKey]time.Time{}}
	l.unknown = unknown{note: l.note, told: map[sender]bool{}}
	l.writer = newWriter(net, host.RunDir, l.tell)
	syncs := r.opt.OpenSyncs
	if syncs == nil {
		syncs = func() (Syncs, error) { return kernel.OpenIPVS(host.Modprobe) }
	}
	l.daemons = &daemons{open: syncs, claim: l.writer.claim, tell: l.tell, every: r.opt.Retry, wake: make(chan struct{}, 1)}
	return l, nil
}

// stamped gives an entry without an instant the present one.
func stamped(write func(journal.Entry)) func(journal.Entry) {
	return func(e journal.Entry) {
		if e.At.IsZero() {
			e.At = time.Now()
		}
		write(e)
	}
}

// run is the loop. It ends after stop, or with ctx, which is a handoff.
func (l *loop) run(ctx context.Context, cfg model.Config) error {
	// Adverts are written from a thread of its own, which nothing else keeps busy.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer l.close()
	defer l.wg.Wait()
	defer l.timer.Close()
	defer l.sockets.close()
	defer l.cancel()
	if err := l.prepare(cfg); err != nil {
		return err
	}
	realtime.Trim()
	l.wg.Go(l.timer.Run)
	l.wg.Go(func() { l.links.watch(l.work) })
	l.wg.Go(func() { l.daemons.run(l.work) })
	if err := l.takeOver(ctx); err != nil {
		return err
	}
	if err := l.begin(); err != nil {
		return err
	}
	for l.ending == "" {
		due := l.next()
		l.timer.Set(due)
		select {
		case in := <-l.role.inbox:
			l.take(in)
		case <-l.timer.C():
		case <-ctx.Done():
			l.ending = control.Handoff
		}
		l.drain()
		now := time.Now()
		if overslept(due, now) {
			l.hearAll()
		}
		l.tick(now) // a standstill from here on is the next round's
	}
	return l.finish()
}

// take does what an input asks for and then looks at the surroundings, where they
// changed.
func (l *loop) take(in input) {
	in.reach(l)
	l.settle()
}

// settle brings the sockets in line with routers and links and tells the instances
// what their surroundings mean to them, where those changed.
func (l *loop) settle() {
	if at := l.changed; !at.IsZero() {
		l.changed = time.Time{}
		l.followStandby(time.Now())
		lacking := l.sockets.want(l.uses())
		l.evaluate(at, lacking)
	}
	if f := l.answered; f != nil {
		l.answered = nil
		f()
	}
}

// drain takes what is in the inbox now. When a deadline has come, what arrived
// before it is heard first: the delay may be ours. What arrives meanwhile waits,
// so that no flood keeps the clock unread.
func (l *loop) drain() {
	for range len(l.role.inbox) {
		if l.ending != "" {
			return
		}
		select {
		case in := <-l.role.inbox:
			l.take(in)
		default:
			return
		}
	}
}

// hearAll hears what is in the inbox and, behind it, what no reader has forwarded
// yet. After a standstill the loop may run before the readers do, and would take a
// master for silent whose adverts lie in the sockets.
func (l *loop) hearAll() {
	waiting := l.sockets.waiting()
	l.drain()
	for _, p := range waiting {
		l.take(p)
	}
}

// prepare reads what is to be done and what there is, without acting yet.
func (l *loop) prepare(cfg model.Config) error {
	l.unable = l.opt.Lacks()
	l.cfg = cfg
	if err := l.links.read(); err != nil {
		return err
	}
	l.place(l.load().macvlans)
	l.sockets.want(l.uses())
	return nil
}

// place makes the teams, on the links that an earlier run made or that are to be made.
func (l *loop) place(m macvlans) {
	k := kernelLinks{there: slices.Collect(maps.Values(l.links.byName))}
	m.see(k)
	placed, wish := place(l.cfg, m.ours, k.there)
	l.wish, l.made = wish, m.madeFor(wish)
	l.setTeams(newTeams(placed))
}

// makeLinks makes the links that are needed and starts the writer. Nothing waits for
// adverts of ours yet.
func (l *loop) makeLinks(m macvlans) error {
	l.place(m)
	l.writer.macvlans = m
	refused := l.writer.makeLinks(l.work, l.wish)
	l.made = l.writer.macvlans.madeFor(l.wish)
	l.wg.Go(func() { l.writer.run(l.work) })
	for _, r := range refused {
		l.refused(r)
	}
	if l.wish.none() {
		return nil
	}
	return l.links.read()
}

// begin is the first moment at which this process may act: it takes up what a
// fresh record tells, releases what is left of a stale one, and starts the rest.
func (l *loop) begin() error {
	if err := l.links.read(); err != nil { // the lock was perhaps long in coming
		return err
	}
	saved := l.load()
	l.loadStandby()
	if err := l.makeLinks(saved.macvlans); err != nil {
		return err
	}
	l.sockets.retry()
	lacking := l.sockets.want(l.uses())
	l.writer.claim(saved.daemons)
	l.daemons.inherit(saved.daemons)
	l.track(saved.scripts, false)
	l.sessions.change(l.cfg, loadSessions(l.record.dir), time.Now())
	l.writer.setPace(paceOf(l.cfg))
	spareOwn(l.links.byName, l.teams, saved.left.Addresses)
	l.writer.prepareDrops(dropTable(l.teams, l.cfg.Global))
	now := time.Now()
	l.quiet = newQuiet(now)
	goOn := l.resumptions(saved, lacking, now)
	putOff(l.anew(goOn), l.quiet.until(l.cfg.Global), func(routerKey) bool { return false })
	l.note(journal.Entry{Kind: journal.Started, Facts: map[string]string{
		journal.FactPID: strconv.Itoa(os.Getpid()), journal.FactHow: howOf(goOn)}})
	l.tellRealTime()
	if l.leftovers.set(l.opt.KeepalivedTables(model.NftablesTables(l.cfg))); len(l.leftovers.tables) > 0 {
		l.later()
	}
	l.notify.fifos.Change(pipesOf(l.cfg.Global))
	l.resume(goOn, saved.left, now)
	l.writer.dropLinks(l.wish)
	l.tellSessions()
	l.watchRoutes()
	l.changed = now
	l.inOrder(true, l.settle)
	l.follows = true
	l.followSync()
	return l.record.rewrite(l.teams, l.scripts.list())
}

// setTeams makes teams those that run.
func (l *loop) setTeams(teams []*team) {
	l.teams = teams
	l.routers, l.byName = map[routerKey]*router{}, map[string]*router{}
	l.hearers = hearers(teams)
	l.vips = virtualOf(teams)
	l.sockets.unknown.Store(l.cfg.Global.LogUnknownVRIDs)
	for _, t := range l.teams {
		for _, r := range t.routers {
			l.routers[r.key], l.byName[r.cfg.Name] = r, r
		}
	}
}

// track has what the routers depend on run, counted and watched. began says that this is
// not the start.
func (l *loop) track(saved map[[16]byte]vrrp.Verdict, began bool) {
	l.scripts.change(l.cfg, trackedBy(l.teams, vrrp.ByScript), saved)
	l.processes.change(l.cfg, trackedBy(l.teams, vrrp.ByProcess))
	l.files.change(l.cfg, trackedBy(l.teams, vrrp.ByFile), began)
	l.states.change(l.cfg, l.linkbeat.change(polledBy(l.cfg, l.teams)))
}

// uses is which sockets the routers want: those on links that exist. A router with peers
// listens to the group as well, to tell of a router that speaks there; it needs that
// socket for nothing else. What fits into an advert is up to the link, too.
func (l *loop) uses() map[socketKey]socketUse {
	uses := map[socketKey]socketUse{}
	for _, r := range l.routers {
		key := r.socket()
		link, exists := l.links.byName[key.link]
		if !exists || key.link != r.cfg.Interface && !l.made[key.link] {
			continue
		}
		r.fit(link.MTU)
		wants := func(key socketKey) {
			if _, known := uses[key]; !known {
				uses[key] = socketUse{link.Index, map[uint8]bool{}}
			}
			uses[key].vrids[r.key.vrid] = true
		}
		wants(r.socket())
		if r.cfg.Unicast() {
			beside := r.socket()
			beside.group = r.beside
			wants(beside)
		}
	}
	return uses
}

// tellRealTime says once if adverts share the processor with everybody else.
func (l *loop) tellRealTime() {
	if !realtime.Active() {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{journal.FactCode: code.NotRealTime, journal.FactReason: code.NotRealTime}})
		return
	}
	if err := realtime.LockMemory(); err != nil {
		l.note(journal.Entry{Kind: journal.Notice, Facts: map[string]string{journal.FactCode: code.MemoryNotLocked, journal.FactReason: err.Error()}})
	}
}

// holdAll lists everything that is held back, for a status or a plan.
func (l *loop) holdAll() []control.Blocked {
	var held []control.Blocked
	for _, t := range l.teams {
		for _, r := range t.routers {
			held = append(held, r.held...)
		}
	}
	return slices.Concat(held, l.scripts.held(), l.sessions.held(), l.leftovers.held())
}
