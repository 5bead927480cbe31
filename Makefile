# Every command a person needs. Works with plain python3 + venv + pip; uses uv where it is on PATH.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help install dev run demo test check format lock bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Set up .venv with the command .venv/bin/alerter

$(VENV)/bin/python:
ifdef UV
	uv venv --quiet --python ">=3.11" $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(STAMP): requirements.lock pyproject.toml | $(VENV)/bin/python
ifdef UV
	uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	uv pip install --quiet --python $(BIN)/python --no-deps -e .
else
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
endif
	@touch $@

run: install ## Start the service: embedded store, config/, page on http://127.0.0.1:8080
	$(BIN)/alerter run --config config

demo: install ## The founding story offline, end to end, as a timeline (KEEP=1 stays up)
	$(BIN)/python -m demo $(if $(KEEP),--keep)

test: install ## Run the tests; what needs a browser or a Redis server is skipped by name where absent
	$(BIN)/python -m pytest

check: install ## Lint, types, import contracts, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: install ## Format the code and sort its imports
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

lock: ## Pin every dependency again into requirements.lock (versions and hashes, no addresses; needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --group dev pyproject.toml -o requirements.lock

bench: install ## Measure speed as ratios, side by side in one run
	$(BIN)/python -m bench

clean: ## Remove what the commands above made (var/ with the store's data stays)
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
