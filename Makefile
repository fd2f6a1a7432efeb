# Two commands matter: `make demo` and `make test`. Both set everything up: a virtual environment in .venv with locked
# dependencies. Python 3.11 or later is all that is needed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

PORT ?= 8000

.PHONY: help demo serve screens test lint types imports unit docs bench lock clean

help:  ## show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/core: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/core
	$(PIP) install --require-hashes -r requirements-dev.lock
	touch $@

$(VENV)/web: requirements-web.lock $(VENV)/core
	$(PIP) install --require-hashes -r requirements-web.lock
	touch $@

demo: $(VENV)/core  ## run the main job on the example organisation, in ./demo
	sh tools/demo.sh $(BIN) demo

serve: $(VENV)/web  ## the web application on this machine, with the example organisation; its data are in ./trede-data
	$(BIN)/python -m trede_web serve --port $(PORT)

test: lint types imports unit  ## set up and run all checks and tests

lint: $(VENV)/dev  ## style and formatting
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check --quiet .

types: $(VENV)/dev  ## strict typing
	$(BIN)/mypy

imports: $(VENV)/dev  ## the import rule
	$(BIN)/lint-imports --no-logo > $(VENV)/imports.txt || { cat $(VENV)/imports.txt; exit 1; }

unit: $(VENV)/dev  ## the tests
	$(BIN)/python -m pytest -n auto --dist worksteal  # so that a file stays with one process, which makes what it shares once

docs: $(VENV)/dev  ## make the generated pages of docs/ again
	$(BIN)/python tools/make_docs.py

screens: $(VENV)/dev  ## take the pictures of the web application again (needs Chromium)
	$(BIN)/python tools/make_screens.py

bench: $(VENV)/dev  ## time engine, intake and command against their bounds
	$(BIN)/python -m bench

lock: ## lock the dependencies again (needs uv)
	uv pip compile pyproject.toml --extra build --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --output-file requirements.lock
	uv pip compile pyproject.toml --extra build --extra web --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --output-file requirements-web.lock
	uv pip compile pyproject.toml --extra build --extra dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11 --output-file requirements-dev.lock

clean:  ## remove what was made
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .hypothesis build
