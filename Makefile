# Quadrant's commands; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(shell command -v python3.11) $(shell command -v python3))
SYSTEM ?= motovault
STACK ?= dev
ARGS ?=

BIN := .venv/bin
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/quadrant/bin
CYCLONUS := v0.5.6
JUDGE_SOURCES := $(addprefix tests/policies/pss/judge/,go.mod go.sum main.go)
JUDGE := pss-judge-$(shell cat $(JUDGE_SOURCES) | sha256sum | cut -c1-16)
SOURCES := $(wildcard model components policies quadrant tests bench lab __main__.py)
TYPED := $(wildcard model components policies quadrant tests bench __main__.py)
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'
	@echo "Variables: SYSTEM=$(SYSTEM) STACK=$(STACK) PYTHON=$(PYTHON) ARGS=$(ARGS)"

.PHONY: setup
setup: .venv/.ready ## Create .venv from the lock and install the project into it

.venv/.locked: requirements.lock
	$(if $(PYTHON),,$(error no python3 on PATH: install Python 3.11 or newer, or give PYTHON=))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: give PYTHON=<path of a newer one>" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

.venv/.ready: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.PHONY: preview
preview: setup ## Show what SYSTEM in STACK would register, without a cluster
	@$(BIN)/quadrant preview --system $(SYSTEM) --stack $(STACK)

.PHONY: test
test: setup oracles ## Run all tests and write the report that `make demands` reads
	$(BIN)/python -m pytest -n 2 --demands-report=.quadrant/demands-report.json $(ARGS)

.PHONY: test-fast
test-fast: setup ## Run the unit tests only
	$(BIN)/python -m pytest -n 2 -m "not oracle and not lab" $(ARGS)

.PHONY: lint
lint: setup ## Check style and formatting
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)

.PHONY: types
types: setup ## Check the types, strictly
	$(BIN)/mypy $(TYPED)

.PHONY: golden
golden: setup ## Regenerate the golden files
	$(BIN)/python -m tests.golden.regenerate

.PHONY: golden-check
golden-check: setup ## Fail if the golden files are out of date
	$(BIN)/python -m tests.golden.regenerate --check

.PHONY: docs
docs: setup ## Regenerate the reference, the topologies and the templates
	$(BIN)/python -m quadrant.reference

.PHONY: docs-check
docs-check: setup ## Fail if a generated document is out of date
	$(BIN)/python -m quadrant.reference --check

.PHONY: demands
demands: setup ## Say which demands the last `make test` proved, per system and area
	@$(BIN)/python -m tests.ledger

.PHONY: oracles
oracles: .venv-nca/.ready $(if $(shell command -v go),$(CACHE)/cyclonus-$(CYCLONUS) $(CACHE)/$(JUDGE)) ## Build the independent analyzers
	@command -v go >/dev/null || echo "oracles: go is not on PATH, tests that need cyclonus or the Pod Security evaluator will be skipped"

.venv-nca/.ready: requirements-nca.lock | .venv/.locked
	$(PYTHON) -m venv --clear .venv-nca
	.venv-nca/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-nca.lock
	@.venv-nca/bin/nca --help >/dev/null
	@touch $@

$(CACHE)/cyclonus-$(CYCLONUS):
	@mkdir -p $(CACHE)
	GOBIN=$(CACHE)/.build-$(CYCLONUS) go install github.com/mattfenwick/cyclonus/cmd/cyclonus@$(CYCLONUS)
	@mv $(CACHE)/.build-$(CYCLONUS)/cyclonus $@ && rmdir $(CACHE)/.build-$(CYCLONUS)
	@ln -sfn cyclonus-$(CYCLONUS) $(CACHE)/cyclonus

$(CACHE)/$(JUDGE):
	@mkdir -p $(CACHE)
	cd tests/policies/pss/judge && go build -trimpath -o $(CACHE)/.build-$(JUDGE) .
	@mv $(CACHE)/.build-$(JUDGE) $@

.PHONY: bench
bench: setup ## Measure the claims; each prints a ratio
	$(BIN)/python -m bench

.PHONY: lock
lock: setup ## Renew both locks from pyproject.toml and the requirements files (needs pip-tools in .venv)
	@test -x $(BIN)/pip-compile || $(BIN)/python -m pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra dev -o requirements.lock pyproject.toml requirements.in
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) -o requirements-nca.lock requirements-nca.in

.PHONY: clean
clean: ## Remove everything that the other commands made here
	rm -rf .venv .venv-nca .quadrant .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
