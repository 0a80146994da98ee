# Tieout. `make` lists what there is. Every target sets up what it needs: .venv and the packages in it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test check lint lock migration docs clean

VENV := .venv
PY := $(VENV)/bin/python
# The first interpreter that is new enough; `make PYTHON=/somewhere/python3.12 ...` names another.
PYTHON ?= $(firstword $(foreach name,python3 python3.11 python3.12 python3.13 python3.14,$(shell \
	$(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))
PIP := $(PY) -m pip --disable-pip-version-check --quiet install

# Compiled modules are kept, whatever the machine is set to: the test processes would compile everything anew, each for itself.
unexport PYTHONDONTWRITEBYTECODE

# An environment that is a link is another checkout's: what fills or empties it would do so over there.
define own
	@if test -L $(VENV); then \
	echo "$(VENV) is a link to another checkout's environment, which make does not change: rm $(VENV), then make again" >&2; exit 2; fi
endef

# The locks were resolved for Python 3.11 and name every file by its hash; other versions resolve from the ranges.
# What was installed is compiled on all cores at once, which pip does on one; not what nobody imports: the packages' own tests, and mypy,
# which comes as machine code.
define install
	if $(PY) -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 11))'; \
	then $(PIP) --no-compile --require-hashes -r $(1).lock; else $(PIP) --no-compile -r $(1).txt; fi
	@$(PY) -m compileall -qq -j 0 -x '/site-packages/(.+/tests|mypy)/' "$$($(PY) -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || :
endef

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## */\t/' | expand -t 12

run: $(VENV)/run.stamp  ## start dashboard and worker; open the address that is printed
	$(PY) -m syncengine dashboard

# Every test: twice as many processes as there are cores, since much of the time of one is spent waiting for browsers and processes that
# it has started; up to eight, which the longest file keeps from gaining more. A choice of tests: in one process, without the wait for
# others to start.
PROCESSES = $(shell cores=$$(nproc 2>/dev/null || echo 2); many=$$((cores * 2)); echo $$((many < 8 ? many : 8)))
WORKERS ?= $(if $(ARGS),0,$(PROCESSES))
# Whole files, in the order of the folders: the long ones stand before the short ones (tests/support/spread.py).
SPREAD := $(if $(filter-out 0,$(WORKERS)),-n $(WORKERS) --dist loadfile --no-loadscope-reorder)

test: $(VENV)/dev.stamp  ## run every test; ARGS="-k outbox -x" to choose, WORKERS=4 for so many processes
	$(PY) -m pytest $(SPREAD) $(ARGS)

# The types are checked beside the tests, many of which wait for other processes; what they say stands at the end. Nobody comes back
# to CI's checkout for what the check would keep.
check: $(VENV)/dev.stamp  ## what CI runs: lint, types and all tests (floors and documents among them)
	$(PY) -m ruff check .
	@said=$$(mktemp); $(PY) -m mypy $(if $(CI),--cache-dir=/dev/null) >"$$said" 2>&1 & types=$$!; failed=0; \
	$(MAKE) --no-print-directory test || failed=1; \
	wait "$$types" || failed=1; cat "$$said"; rm -f "$$said"; exit "$$failed"

lint: $(VENV)/dev.stamp  ## style and types
	$(PY) -m ruff check .
	$(PY) -m mypy

lock:  ## resolve requirements*.txt anew into the hashed locks (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 2; }
	uv pip compile requirements.txt --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade --quiet -o requirements.lock
	uv pip compile requirements-dev.txt -c requirements.lock --generate-hashes --no-header --no-annotate --python-version 3.11 --upgrade --quiet -o requirements-dev.lock

migration: $(VENV)/run.stamp  ## write a database version: make migration m="what changes"
	$(PY) -m tools.migration "$(m)"

docs: $(VENV)/run.stamp  ## write the pages that are made from code
	$(PY) -m tools.reference

clean:  ## remove .venv and every cache; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A half-made or outdated environment is made anew; ensurepip is what Debian keeps in python3-venv.
$(PY):
	$(own)
	@test -n "$(PYTHON)" || { echo "Tieout needs Python 3.11 or newer (apt-get install python3 python3-venv)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "apt-get install python3-venv, then try again" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/run.stamp: requirements.txt requirements.lock | $(PY)
	$(own)
	@$(call install,requirements)
	@touch $@

$(VENV)/dev.stamp: requirements.txt requirements-dev.txt requirements.lock requirements-dev.lock | $(PY)
	$(own)
	@$(call install,requirements-dev)
	@touch $(VENV)/run.stamp $@
