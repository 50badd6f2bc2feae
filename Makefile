# Everything goes through the environment in .venv; `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
export ALIBABA_CLOUD_ECS_METADATA_DISABLED := true
unexport HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy

.PHONY: help demo test lint types imports check bench search second-opinion format lock wheel chromium clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: .venv/installed ## Start the local cloud, scan it, leave a report in demo-output/
	$(BIN)/crossrole demo --output demo-output

test: .venv/installed chromium ## Run all tests, PostgreSQL and browser included
	CROSSROLE_REQUIRE_BROWSER=1 $(BIN)/pytest -n auto --dist loadgroup

lint: .venv/installed ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/installed ## Check types
	$(BIN)/mypy

imports: .venv/installed ## Check that imports point down only
	$(BIN)/lint-imports

check: lint types imports test ## Everything that CI runs

bench: .venv/installed ## Measure speed and memory, and print them as a table
	$(BIN)/python -m tests.benchmarks

search: .venv/installed ## Run the property tests with many more examples
	HYPOTHESIS_PROFILE=search $(BIN)/pytest tests/policy tests/access -n auto

second-opinion: .venv/installed ## Hold the local cloud's own authorizer against the engine, 210,000 times
	$(BIN)/python -m tests.verdicts.second_opinion

oracle: .venv/installed ## Hold comparisons of many random and all public policies against the judges: PAIRS=0 runs until stopped, SEED=n goes on
	$(BIN)/python -m tests.oracle --pairs $(PAIRS) --seed $(SEED) --jobs 2

mutants: .venv/installed ## Break copies of the engine, one line each, and see that the tests notice
	$(BIN)/python -m tests.oracle.mutants

format: .venv/installed ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Resolve the dependencies anew into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --quiet --upgrade --output-file requirements.lock

wheel: .venv/installed ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

chromium: # The browser tests need Chromium; Debian's is installed where none is found.
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| [ -n "$$CROSSROLE_CHROMIUM" ] || { \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends chromium; }

clean: ## Remove the environment and everything that was built
	rm -rf .venv dist build demo-output .mypy_cache .ruff_cache .hypothesis .import_linter_cache
