# Every target says what it does; `make` alone lists them.

TOOL    := go tool -modfile=tools/go.mod
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unversioned)
# TESTFLAGS reaches go test: make test TESTFLAGS='-run Format -v'
TESTFLAGS ?=
# FUZZTIME is how long each fuzz target runs.
FUZZTIME ?= 20s

# DOCUMENTED are the packages whose tests named Fresh hold a generated document.
DOCUMENTED := ./cmd/roboconf ./internal/house ./tui

.DEFAULT_GOAL := help
.PHONY: help build run test check fmt fmt-check vet staticcheck race shell fresh bench fuzz golden generate audit clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## make bin/roboconf; needs only Go
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ ./cmd/...

run: build ## open the workbench on samples/lamp
	bin/roboconf samples/lamp

test: ## run the tests; what this machine lacks is named, then skipped
	@go run ./internal/require/what
	go test $(TESTFLAGS) ./...

check: fmt-check vet staticcheck shell fresh race ## everything that must be green before a change goes in

fmt: ## lay the Go files out
	$(TOOL) gofumpt -w $$(git ls-files '*.go')

fmt-check: ## name the Go files that are not laid out
	@files=$$($(TOOL) gofumpt -l $$(git ls-files '*.go')); \
	test -z "$$files" || { echo "run make fmt:"; echo "$$files"; exit 1; }

vet: ## go vet
	go vet ./...

staticcheck: ## staticcheck
	$(TOOL) staticcheck ./...

shell: ## shellcheck on the scripts, where it is installed
	@if command -v shellcheck >/dev/null; then git ls-files '*.sh' .ci/run | xargs shellcheck; \
	else echo "shellcheck is not installed: the scripts are not checked"; fi

race: ## the tests under the race detector, without what other programs take long for
	go test -race -short $(TESTFLAGS) ./...

fresh: ## see that the generated documents are those of today
	go test -run Fresh $(DOCUMENTED)

generate: ## write the generated documents again
	go test -run Fresh $(DOCUMENTED) -update

bench: ## run the benchmarks; compare two runs with: go tool -modfile=tools/go.mod benchstat OLD NEW
	go test -run '^$$' -bench . -benchmem ./...

fuzz: ## run every fuzz target for FUZZTIME
	@git grep -hoE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' >/dev/null || exit 0; \
	git grep -oE '^func Fuzz[A-Za-z0-9_]+' -- '*_test.go' | sed 's/:func /:/' | while IFS=: read -r file name; do \
		echo "== $$name ($$(dirname "$$file"))"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "./$$(dirname "$$file")" || exit 1; \
	done

golden: ## rewrite the golden files; read the difference before you commit it
	go test $$(git grep -l internal/golden -- '*_test.go' | xargs -n1 dirname | sort -u | sed 's|^|./|') -update
	git diff --stat

audit: ## look for known vulnerabilities in what we depend on; needs the network
	$(TOOL) govulncheck ./...

clean: ## remove what was built
	rm -rf bin
