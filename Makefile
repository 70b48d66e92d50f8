# Holdfast. The two commands of a new user: `make run` and `make demo`; of a developer: `make test`.

GO      ?= go
TAGS    := nomsgpack sqlite_omit_load_extension osusergo netgo
VERSION ?= $(shell sed -n 's/^## \([0-9][^ ]*\).*/\1/p' CHANGELOG.md | head -n 1)
LDFLAGS := -s -w -X main.version=$(VERSION) -linkmode external -extldflags "-static"
LISTEN  ?= 127.0.0.1:8080

# Root has /var/lib and /run; anybody else keeps everything in the checkout.
ifeq ($(shell id -u),0)
PLACE := --data /var/lib/holdfast --run-dir /run/holdfast
else
PLACE := --data $(CURDIR)/.data --run-dir $(CURDIR)/.data/run
endif

export CGO_ENABLED := 1
export GOFLAGS ?= -buildvcs=false

.PHONY: build run demo test lint ansible interop crash scenario traffic oracle fuzz mutants worlds soak bench-failover bench-check bench-table bench-bfd clean

build:
	@sh test/prepare.sh build
	$(GO) build -trimpath -tags "$(TAGS)" -ldflags '$(LDFLAGS)' -o bin/holdfast ./server
	@sh test/emptyroot.sh bin/holdfast

run: build
	bin/holdfast serve $(PLACE) --listen $(LISTEN)

# The tutorial's pair in namespaces of its own; Ctrl-C takes it all away.
demo: build
	@sh test/prepare.sh demo
	$(GO) build -tags "$(TAGS)" -o bin/demo ./test/demo
	bin/demo

test: build
	@sh test/prepare.sh test
	$(GO) run ./test/suite

lint:
	@sh test/prepare.sh build
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GO) vet -tags "$(TAGS)" ./...
	$(GO) -C test/tools build -o $(CURDIR)/.cache/staticcheck honnef.co/go/tools/cmd/staticcheck
	.cache/staticcheck -tags "$(TAGS)" ./...

# The long forms of what `make test` runs shortly.
interop crash scenario traffic: build
	@sh test/prepare.sh test
	$(GO) run ./test/suite -long -only $@

# The playbook of deploy/ansible, run by Debian's ansible-core against a pair in namespaces.
ansible: build
	@sh test/prepare.sh ansible
	$(GO) test -tags "$(TAGS)" -count=1 -v -timeout 10m ./test/ansible/

# Every text of a corpus (HOLDFAST_CORPUS, else one beside the checkout) against keepalived itself.
oracle:
	@sh test/prepare.sh test
	HOLDFAST_LONG=1 $(GO) test -tags "$(TAGS)" -count=1 -timeout 30m ./test/oracle/

# Ten minutes for each of what parses: FUZZTIME=30s is a short walk. What looks
# interesting is made smaller in few steps: that counts as none, and takes a minute
# of each otherwise.
FUZZTIME ?= 10m
FUZZ = $(GO) test -run '^$$' -fuzztime $(FUZZTIME) -fuzzminimizetime 10x -fuzz
fuzz:
	for f in FuzzEveryTextComesBackByteForByte FuzzCommandsComeBack FuzzExpansionEnds FuzzEditKeepsEveryOtherByte; do $(FUZZ) "^$$f$$" ./engine/conf/ || exit 1; done
	$(FUZZ) '^FuzzEveryPatternIsReadOrRefused$$' ./engine/pattern/
	$(FUZZ) '^FuzzDecode$$' ./engine/bfd/
	$(FUZZ) '^FuzzFramesFromTheLink$$' ./engine/verify/
	for f in FuzzHTTPAnswer FuzzDNSAnswer FuzzOldHandshakeEnds FuzzServerHelloEnds; do $(FUZZ) "^$$f$$" ./engine/probe/ || exit 1; done
	for f in FuzzReceive FuzzAuthenticationHeader FuzzSignedAdvert; do $(FUZZ) "^$$f$$" ./engine/vrrp/ || exit 1; done
	for f in FuzzPacketFromTheWire FuzzStamp FuzzNetlinkBodies; do $(FUZZ) "^$$f$$" ./engine/kernel/ || exit 1; done
	for f in FuzzWhatIsUnderstoodComesBack FuzzJSONComesBack; do $(FUZZ) "^$$f$$" ./engine/model/ || exit 1; done

# Ten million mutated packets of VRRP, AH, HMAC and BFD against a running role.
MUTANTS ?= 10000000
mutants:
	HOLDFAST_MUTANTS=$(MUTANTS) $(GO) test -tags "$(TAGS)" -count=1 -v -timeout 3h -run MutatedPackets ./engine/vrrprole/

# Random worlds of routers, then all states that faults lead to: WORLDS=100000 is a short
# walk. A world that fails names the command that plays it again.
WORLDS ?= 1000000
STATES ?= 15000000
worlds:
	GOGC=400 nice $(GO) test -tags "$(TAGS)" -count=1 -v -timeout 6h -run OneMasterTheBest ./engine/vrrp/ -worlds $(WORLDS)
	GOGC=150 nice $(GO) test -tags "$(TAGS)" -count=1 -v -timeout 6h -run InEveryOrder ./engine/vrrp/ -states $(STATES)

soak: build
	@sh test/prepare.sh test
	$(GO) run ./test/suite -long -rounds 50 -only interop,crash,scenario,traffic

# Shortest, middle and longest take-over of each pair of programs.
bench-failover: build
	@sh test/prepare.sh test
	HOLDFAST_ROUNDS=20 $(GO) test -count=1 -v -parallel 4 -timeout 20m ./test/interop | grep -E '^(---|===)? *(---|=== NAME|.*measured)'

# BFD at three times ten milliseconds for ten minutes with all cores busy.
bench-bfd: build
	@sh test/prepare.sh test
	HOLDFAST_BFD=10m $(GO) test -count=1 -v -timeout 15m -run TenMilliseconds ./test/interop

# A check of a hundred thousand real servers beside keepalived's own: seconds, memory, ratio.
bench-check: build
	@sh test/prepare.sh test
	$(GO) test -tags "$(TAGS)" -run '^$$' -bench '^BenchmarkCheck' -benchtime 1x ./test/oracle/

# A large table in the guest, beside keepalived's and that of an older build:
# TABLE=5000x4 BEFORE=/path/to/holdfast.
TABLE ?= 10000x10
bench-table: build
	@sh test/prepare.sh test
	HOLDFAST_TABLE=$(TABLE) HOLDFAST_BEFORE=$(BEFORE) $(GO) run ./test/suite -long -only guest/test/scale
	@grep -h measured .cache/test/guest-test-scale.log

clean:
	rm -rf bin .cache .data
