.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8050
export HOST PORT

.PHONY: help run etl test check fix bench lock clean install navigateur

help: ## Show the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/installe: requirements.lock requirements-donnees.lock
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.lock)"
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -r requirements-donnees.lock
	touch $@

install: $(VENV)/installe ## Create .venv from the lock

run: install ## Load the data if nothing readable is published, then serve the dashboard
	@$(BIN)/python -m data.magasin || $(BIN)/python -m etl run
	@$(BIN)/gunicorn --config gunicorn.conf.py app:server

etl: install ## Rebuild and publish the database
	$(BIN)/python -m etl run

navigateur: install ## Find a Chromium, or install one
	@$(BIN)/python tools/navigateur.py

test: install navigateur ## All tests, browser included
	$(BIN)/python -m pytest -n auto --maxprocesses 4

check: install ## Format, lint, types, import rules, definitions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m etl definitions

fix: install ## Format and fix what can be
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: install navigateur ## Measure ETL, callbacks and pages
	$(BIN)/python -m tools.bench

lock: install ## Recompute the lock of names and versions
	$(BIN)/uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
		--group dev pyproject.toml -o requirements.lock

clean: ## Remove everything that is built
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
