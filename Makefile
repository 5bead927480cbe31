# Every command a person needs. Works with plain python3 + venv + pip; uses uv where it is on PATH.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
UV := $(shell command -v uv 2>/dev/null)
ifdef UV
PIP := uv pip install --quiet --python $(BIN)/python
else
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-strip-extras \
	--no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help install run demo test check format docs lock bench clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUNTIME) ## Set up .venv with the command .venv/bin/alerter

$(BIN)/python:
ifdef UV
	uv venv --quiet --python ">=3.11" $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): requirements-dev.lock | $(RUNTIME)
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: install ## Start the service: embedded store, config/, page on http://127.0.0.1:8080
	$(BIN)/alerter run --config config

demo: $(DEVELOPMENT) ## The founding story offline, end to end, as a timeline (KEEP=1 stays up)
	$(BIN)/python -m demo $(if $(KEEP),--keep)

test: $(DEVELOPMENT) ## Run the tests; what needs a browser or a Redis server is skipped by name where absent
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(DEVELOPMENT) ## Lint, types, import contracts, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(DEVELOPMENT) ## Format the code and sort its imports
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only .

docs: install ## Write docs/sources.md from the models
	$(BIN)/python -m alerter.config.reference > docs/sources.md

lock: ## Pin every dependency again (versions and hashes, no addresses; needs uv)
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group dev pyproject.toml -c requirements.lock -o requirements-dev.lock

bench: $(DEVELOPMENT) ## Measure speed as ratios, side by side in one run
	$(BIN)/python -m bench

clean: ## Remove what the commands above made (var/ with the store's data stays)
	rm -rf $(VENV) out build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
