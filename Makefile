# Everything a person runs on this repository. `make help` lists it.
#
# A fresh machine needs python3 (3.11 or later, with venv), git and make. Each goal sets up what it needs: what is
# pinned in requirements/ goes into .venv once, and again when a pin changes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Another interpreter: make PYTHON=python3.13 venv (in a tree without .venv).
PYTHON ?=
VENV := .venv
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
# Given to pytest. Two workers halve a run of many small databases and processes; a failing test is easier to look at
# without them: make test PYTEST_ARGS='-x tests/unit'.
PYTEST_ARGS ?= -n auto

# Given to the run that kills writers. A round that failed is run again by what it says: make chaos CHAOS_ARGS='--seed 7
# --round 12'; without the tests before it: .venv/bin/python -m tests.chaos --seed 7 --round 12.
CHAOS_ARGS ?= --kills 10000 --log build/chaos.log

PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
SOURCES := src tests tools $(patsubst %/,%,$(sort $(dir $(wildcard benchmarks/*.py)))) $(PLUGINS)
PIP_FLAGS := --quiet --no-input --disable-pip-version-check
INSTALL_LOCK = -m pip install $(PIP_FLAGS) --require-hashes -r
# The projects of this repository need no download: their build backend is in the lock.
INSTALL_OURS = -m pip install $(PIP_FLAGS) --no-build-isolation --no-deps $(foreach p,. $(PLUGINS),-e $(p))
LOCK := UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--fork-strategy fewest --no-emit-index-url --generate-hashes --no-emit-package campaignflow --upgrade

.PHONY: help venv venv-runtime demo test chaos cover check format-check lint types layers docs docs-check bench lock \
	format clean

help: ## list the goals
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

# --- set-up -----------------------------------------------------------------------------------------------------------

venv: $(VENV)/dev.stamp ## set up everything a developer needs, in .venv

venv-runtime: $(VENV)/runtime.stamp ## set up only what the product runs on, in .venv

# Looks for an interpreter that can make an environment, and says what is missing when there is none.
define find_python
found=; old=; bare=; \
for candidate in $(if $(PYTHON),$(PYTHON),python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3); do \
	"$$candidate" -c '' 2>/dev/null || continue; \
	if ! "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then old="$$old $$candidate"; continue; fi; \
	if ! "$$candidate" -c 'import ensurepip, venv' 2>/dev/null; then bare="$$bare $$candidate"; continue; fi; \
	found="$$candidate"; break; \
done; \
if [ -z "$$found" ]; then \
	echo 'campaignflow needs python3, 3.11 or later, with venv.' >&2; \
	[ -z "$(PYTHON)" ] || echo "  PYTHON=$(PYTHON) was asked for." >&2; \
	[ -z "$$old" ] || echo "  older than 3.11:$$old" >&2; \
	[ -z "$$bare" ] || echo "  without venv:$$bare (on Debian and Ubuntu: apt-get install python3-venv)" >&2; \
	[ -n "$$old$$bare" ] || echo '  none was found on the PATH (on Debian and Ubuntu: apt-get install python3 python3-venv)' >&2; \
	exit 1; \
fi
endef

# `-B` or a vanished interpreter makes it anew; an environment that is there is kept.
$(BIN)/python $(BENCH_VENV)/bin/python:
	@$(find_python); \
	echo "setting up $(@:/bin/python=) with $$found ($$("$$found" -c 'import platform; print(platform.python_version())'))"; \
	"$$found" -m venv --clear $(@:/bin/python=)

# The order-only prerequisite: the interpreter's own date says nothing about what is installed.
$(VENV)/runtime.stamp: requirements/runtime.txt pyproject.toml $(PLUGINS:=/pyproject.toml) | $(BIN)/python
	@echo 'installing what the product runs on'
	@$(BIN)/python $(INSTALL_LOCK) requirements/runtime.txt
	@$(BIN)/python $(INSTALL_OURS)
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt $(VENV)/runtime.stamp
	@echo 'installing what testing and checking need'
	@$(BIN)/python $(INSTALL_LOCK) requirements/dev.txt
	@touch $@

$(BENCH_VENV)/stamp: requirements/bench.txt | $(BENCH_VENV)/bin/python
	@echo 'installing the peers to measure against'
	@$(BENCH_VENV)/bin/python $(INSTALL_LOCK) requirements/bench.txt
	@touch $@

# --- running ----------------------------------------------------------------------------------------------------------

demo: $(VENV)/runtime.stamp ## rehearse the 2020 campaign and leave a folder to look at (demo-out)
	@$(BIN)/campaignflow demo demo-out

test: $(VENV)/dev.stamp ## run the tests
	@$(BIN)/python -m pytest -m 'not chaos' $(PYTEST_ARGS)

chaos: $(VENV)/dev.stamp ## kill, exhaust and damage on purpose; draw many more random inputs
	@$(BIN)/python -m pytest -m 'chaos or property' --hypothesis-profile=thorough $(PYTEST_ARGS)
	@$(BIN)/python -m tests.chaos $(CHAOS_ARGS)

cover: $(VENV)/dev.stamp ## run the tests and show the lines none of them reaches
	@$(BIN)/python -m pytest -m 'not chaos' --cov --cov-report=term $(PYTEST_ARGS)

# The product is installed as users install it: the command that is measured is the one they get.
bench: $(BENCH_VENV)/stamp ## measure the product, its peers and the floor in one run
	@$(BENCH_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-build-isolation --no-deps --force-reinstall .
	@$(BENCH_VENV)/bin/python benchmarks/run.py $(BENCH_ARGS)

# --- checking ---------------------------------------------------------------------------------------------------------

check: format-check lint types layers docs docs-check ## format, lint, types, layers, documentation

format-check: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check $(SOURCES)

lint: $(VENV)/dev.stamp
	@$(BIN)/ruff check $(SOURCES)

types: $(VENV)/dev.stamp
	@$(BIN)/mypy $(SOURCES)

layers: $(VENV)/dev.stamp
	@$(BIN)/lint-imports --no-cache

docs: $(VENV)/dev.stamp ## build the documentation as a site that loads nothing from elsewhere (build/docs)
	@$(BIN)/python -m sphinx --builder html --fail-on-warning --keep-going --nitpicky --quiet \
		--fresh-env --conf-dir tools/docs_site --doctree-dir build/doctrees docs build/docs
	@$(BIN)/python tools/offline_site.py build/docs

docs-check: $(VENV)/dev.stamp ## compare the documentation with what the product does
	@$(BIN)/python -m pytest -q -m docs

# --- keeping ----------------------------------------------------------------------------------------------------------

format: $(VENV)/dev.stamp ## format the source and mend what lint can mend
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

lock: $(VENV)/dev.stamp ## pin the newest versions that fit (requirements/*.txt)
	@for name in runtime dev bench; do \
		echo "pinning requirements/$$name.txt"; \
		$(LOCK) requirements/$$name.in --output-file requirements/$$name.txt; \
	done

clean: ## remove what the goals made, the environments too
	@rm -rf $(VENV) $(BENCH_VENV) build demo-out .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
