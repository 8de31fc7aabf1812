# Quadrant's commands; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(firstword $(shell command -v python3.11) $(shell command -v python3))
SYSTEM ?= motovault
STACK ?= dev
AREA ?=
ARGS ?=

BIN := .venv/bin
CACHE := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/quadrant/bin
CYCLONUS := v0.5.6
KUBE_SCORE := github.com/zegl/kube-score/cmd/kube-score@v1.20.0
KUBECONFORM := github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0
SCANNERS := $(foreach module,$(KUBE_SCORE) $(KUBECONFORM),$(CACHE)/$(subst @,-,$(notdir $(module))))
judge = $(1)-judge-$(shell cat $(addprefix $(2)/,go.mod go.sum) $(sort $(wildcard $(2)/*.go)) | sha256sum | cut -c1-16)
PSS_JUDGE := $(call judge,pss,tests/policies/pss/judge)
ROUTE_JUDGE := $(call judge,route,tests/oracles/traefik/judge)
RBAC_JUDGE := $(call judge,rbac,tests/policies/rules/api/judge)
SCHEDULE_JUDGE := $(call judge,schedule,tests/oracles/schedules/judge)
VALIDATION_JUDGE := $(call judge,validation,tests/policies/validation/judge)
JUDGES := $(addprefix $(CACHE)/,$(PSS_JUDGE) $(ROUTE_JUDGE) $(RBAC_JUDGE) $(SCHEDULE_JUDGE) $(VALIDATION_JUDGE))
PROMETHEUS := $(shell sed -n 's|.*prometheus/prometheus \(v[^ ]*\).*|\1|p' tests/oracles/prometheus/tool/go.mod)
SOURCES := components policies quadrant_platform tests tools bench __main__.py
TYPED := quadrant_platform tests tools bench __main__.py
COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
	--no-emit-trusted-host --no-emit-find-links --no-emit-options

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-14s %s\n", $$1, $$2}'
	@echo "Variables: SYSTEM=$(SYSTEM) STACK=$(STACK) AREA=$(AREA) PYTHON=$(PYTHON) ARGS=$(ARGS)"

.PHONY: setup
setup: .venv/.ready ## Create .venv from the lock and install the project into it

.venv/.locked: requirements/dev.lock
	$(if $(PYTHON),,$(error no python3 on PATH: install Python 3.11 or newer, or give PYTHON=))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is older than 3.11: give PYTHON=<path of a newer one>" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@touch $@

.venv/.ready: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

.PHONY: preview
preview: setup ## Show what SYSTEM in STACK would register, without a cluster
	@$(BIN)/quadrant preview --system $(SYSTEM) --stack $(STACK)

.PHONY: up
up: setup ## Apply SYSTEM in STACK to the cluster that you name, to kind, or to the lab
	@$(BIN)/quadrant up --system $(SYSTEM) --stack $(STACK) $(ARGS)

.PHONY: status
status: setup ## Show SYSTEM in STACK on one page
	@$(BIN)/quadrant status --system $(SYSTEM) --stack $(STACK) $(ARGS)

.PHONY: down
down: setup ## Remove SYSTEM in STACK with its data, and our own cluster with the last system
	@$(BIN)/quadrant down --system $(SYSTEM) --stack $(STACK) $(ARGS)

.PHONY: test
test: setup oracles ## Run all tests and write the report that `make demands` reads
	@$(MAKE) --no-print-directory incumbents || echo "incumbents: not all are there, tests that need them will be skipped"
	PATH="$(CACHE):$$PATH" $(BIN)/python -m pytest -n 2 -m "not lab and not engine" --demands-report=.quadrant/demands-fast.json $(ARGS)

.PHONY: test-fast
test-fast: setup ## Run the unit tests only
	$(BIN)/python -m pytest -n 2 -m "not oracle and not lab and not engine" $(ARGS)

.PHONY: test-lab
test-lab: setup ## Run the tests that need a cluster: that of KUBECONFIG, else the lab
	$(BIN)/python -m pytest -m lab --demands-report=.quadrant/demands-lab.json $(ARGS)

.PHONY: test-engine
test-engine: setup ## Run the tests that need the real pulumi, against an API server of their own
	$(BIN)/python -m pytest -m engine $(ARGS)

.PHONY: prove
prove: setup ## Run the long proofs of AREA in the lab and write evidence/AREA.json
	$(BIN)/python -m pytest -m lab --prove="$(AREA)" $(ARGS)

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
	$(BIN)/python -m tools.docs
	PATH="$(CACHE):$$PATH" $(BIN)/python -m tests.oracles.incumbents.table

.PHONY: docs-check
docs-check: setup ## Fail if a generated document is out of date
	$(BIN)/python -m tools.docs --check
	PATH="$(CACHE):$$PATH" $(BIN)/python -m tests.oracles.incumbents.table --check

.PHONY: demands
demands: setup ## Show which demands the last tests and the committed evidence prove, per system and area
	@$(BIN)/python -m tools.ledger

.PHONY: commits
commits: setup ## Check the messages of the commits since the rule for them began
	@$(BIN)/python -m tools.commits

.PHONY: oracles
oracles: .venv-nca/.ready $(if $(shell command -v go),$(CACHE)/cyclonus-$(CYCLONUS) $(JUDGES) $(CACHE)/promtool-$(PROMETHEUS)) ## Build the independent analyzers
	@command -v go >/dev/null || echo "oracles: go is not on PATH, tests that need cyclonus, promtool or a judge (of pods, routes, rights, schedules, fields) will be skipped"

.venv-%/.ready: requirements/%.lock | .venv/.locked
	$(PYTHON) -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(CACHE)/cyclonus-$(CYCLONUS):
	@mkdir -p $(CACHE)
	GOBIN=$(CACHE)/.build-$(CYCLONUS) go install github.com/mattfenwick/cyclonus/cmd/cyclonus@$(CYCLONUS)
	@mv $(CACHE)/.build-$(CYCLONUS)/cyclonus $@ && rmdir $(CACHE)/.build-$(CYCLONUS)
	@ln -sfn cyclonus-$(CYCLONUS) $(CACHE)/cyclonus

$(CACHE)/$(PSS_JUDGE): JUDGED := tests/policies/pss/judge
$(CACHE)/$(ROUTE_JUDGE): JUDGED := tests/oracles/traefik/judge
$(CACHE)/$(RBAC_JUDGE): JUDGED := tests/policies/rules/api/judge
$(CACHE)/$(SCHEDULE_JUDGE): JUDGED := tests/oracles/schedules/judge
$(CACHE)/$(VALIDATION_JUDGE): JUDGED := tests/policies/validation/judge
$(JUDGES):
	@mkdir -p $(CACHE)
	cd $(JUDGED) && CGO_ENABLED=0 go build -trimpath -o $(CACHE)/.build-$(@F) .
	@mv $(CACHE)/.build-$(@F) $@

# It evaluates rules and asks no cloud, so it needs none of their libraries.
$(CACHE)/promtool-$(PROMETHEUS):
	@mkdir -p $(CACHE)
	cd tests/oracles/prometheus/tool && go build -trimpath -tags remove_all_sd -o $(CACHE)/.build-$(@F) \
		github.com/prometheus/prometheus/cmd/promtool
	@mv $(CACHE)/.build-$(@F) $@
	@ln -sfn $(@F) $(CACHE)/promtool

.PHONY: incumbents
incumbents: .venv-checkov/.ready $(if $(shell command -v go),$(SCANNERS)) ## Build the scanners that the policies are compared with
	@command -v go >/dev/null || echo "incumbents: go is not on PATH, tests that need kube-score or kubeconform will be skipped"

$(SCANNERS):
	@mkdir -p $(CACHE)
	GOBIN=$(CACHE)/.build-$(@F) go install $(filter %/$(subst -v,@v,$(@F)),$(KUBE_SCORE) $(KUBECONFORM))
	@mv $(CACHE)/.build-$(@F)/* $@ && rmdir $(CACHE)/.build-$(@F)
	@ln -sfn $(@F) $(firstword $(subst -v, ,$@))

.PHONY: bench
bench: setup ## Measure the claims; each prints a ratio
	$(BIN)/python -m bench

.PHONY: lock
lock: setup ## Renew the locks from pyproject.toml and the requirements files (needs pip-tools in .venv)
	@test -x $(BIN)/pip-compile || $(BIN)/python -m pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --extra dev -o requirements/dev.lock pyproject.toml requirements/setup.in
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) -o requirements/nca.lock requirements/nca.in
	CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) -o requirements/checkov.lock requirements/checkov.in

.PHONY: clean
clean: ## Remove everything that the other commands made here
	rm -rf .venv .venv-nca .venv-checkov .quadrant .mypy_cache .pytest_cache .ruff_cache .hypothesis *.egg-info build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
