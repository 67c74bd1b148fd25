# Weibao. `make run` needs python3 >= 3.11 and make, nothing else.
SHELL := /bin/sh
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST

NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
BOOTSTRAP = @test -n "$(PYTHON)" || { echo "setup: Python 3.11 or newer is needed: apt-get install python3"; exit 1; }; \
	$(PYTHON) -m core.devserver.bootstrap

.DEFAULT_GOAL := help
.PHONY: help setup run test check fmt messages bench lock

help: ## Say what can be made
	@sed -n -E 's/^([a-z]+):.*## /  make \1\t/p' Makefile

setup: ## Make .venv with all that running and developing needs
	$(BOOTSTRAP) develop

run: ## Run the product with demo data (PORT=8000 HOST=127.0.0.1); Ctrl-C stops it
	$(BOOTSTRAP) run
	@exec $(PY) -m core.devserver

test: ## Run all tests but the slow ones
	$(BOOTSTRAP) test
	@$(PY) -m pytest -q -n 2 -m "not slow" $(ARGS)

check: setup ## Lint, types, import law, migrations, translations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PY) manage.py check
	$(PY) manage.py messages check

fmt: setup ## Format the code and sort the imports
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

messages: setup ## Bring the message catalogue up to the sources, say what has no translation yet
	@$(PY) manage.py messages extract

bench: setup ## Measure speed on servers of its own, beside N closed tickets (N=10000, at most 1000000)
	@$(PY) -m core.devserver.scratch -m tests.bench --closed $(or $(N),10000) $(ARGS)

lock: setup ## Compile the lock files anew from pyproject.toml (ARGS=--upgrade)
	@$(PY) -m core.devserver.bootstrap lock $(ARGS)
