# Simpul. `make run` starts it with a demo, `make test` proves it; `make` alone lists everything.
# Needs Python 3.11 or newer and make; the rest lands in .venv/ (and, as root on Debian, Chromium by apt for the tests).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
export PORT ?= 8000

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi

.PHONY: help .venv run static test hours lint format bench audit seed-nation faults machine lock clean

help: ## this list
	@grep -hE '^[a-z.-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

# --- environment ----------------------------------------------------------------------------------
.venv: .venv/.dev ## everything that the project needs, tests and linters included

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Simpul needs Python 3.11 or newer; say which with PYTHON=..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tests/machine.sh package python3-venv
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock | $(BIN)/python
	@tests/machine.sh install requirements.lock
	@touch $@

.venv/.dev: requirements-dev.lock | $(BIN)/python
	@tests/machine.sh install requirements-dev.lock
	@touch .venv/.runtime $@

lock: ## resolve the dependencies of pyproject.toml anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --extra postgres pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --all-extras -c requirements.lock pyproject.toml -o requirements-dev.lock

# --- running --------------------------------------------------------------------------------------
# Static files need no secrets, but the settings want some: made up anew each time, and kept nowhere.
A_SECRET = $(shell $(PYTHON) -c 'import secrets; print(secrets.token_hex(32))')
static: export SECRET_KEY ?= $(A_SECRET)
static: export PIN_PEPPER ?= $(A_SECRET)
static: .venv/.runtime ## hashed, compressed static files in static/build/
	@$(FLASK) static build

run: export DEMO ?= 1
run: .venv/.runtime static ## migrate, load the demo once, start on PORT (8000)
	@$(FLASK) db upgrade
	@$(FLASK) demo load
	@echo "address: http://127.0.0.1:$(PORT)"
	@exec $(BIN)/gunicorn --config gunicorn.conf.py wsgi:app

seed-nation: export DEMO ?= 1
seed-nation: .venv/.runtime ## invent a country of the real size (DATA=dir loads real files instead)
	@$(FLASK) db upgrade
	@$(FLASK) demo nation $(if $(DATA),--data "$(DATA)")

# --- proving --------------------------------------------------------------------------------------
machine: .venv/.dev ## Chromium and PostgreSQL for the tests, or a loud word about what is missing
	@tests/machine.sh prepare

test: .venv/.dev static ## everything: SQLite, PostgreSQL, browser, quick faults
	@tests/machine.sh test

hours: .venv/.dev static ## the tests that look at clocks, at two other hours
	@tests/machine.sh hours

lint: .venv/.dev ## style, types, floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo 2>/dev/null || $(BIN)/lint-imports

format: .venv/.dev ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

faults: .venv/.dev static ## what must not be lost, in full, on both databases
	@tests/machine.sh faults

bench: machine static ## speed as a ratio to a bare reference app, on both databases
	@$(BIN)/python -m tests.bench $(BENCH)

audit: machine static ## Lighthouse (median of 3) and axe on the main pages
	@$(BIN)/python -m tests.audit $(AUDIT)

clean: ## what can be made again; the data in instance/ stays
	rm -rf .venv static/build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
