# make run · make test · make check · make bench          (Python ≥ 3.11 and make are enough)
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: help run test check bench lock samples clean
help:           ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*##/\t/'

$(VENV)/ready: requirements.lock
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

run: $(VENV)/ready      ## demo world on 127.0.0.1:8000, accounts printed
	$(BIN)/python -m app serve

check: $(VENV)/ready    ## ruff, mypy --strict, import contracts, the question bank
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m app bank check

test: check             ## everything, on SQLite and PostgreSQL, in a browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: $(VENV)/ready    ## CPU per whole attempt and per durable save, as JSON; more: bench/__init__.py
	$(BIN)/python -m bench.attempts
	$(BIN)/python -m bench.saves

samples: $(VENV)/ready  ## rewrite samples/*.xlsx
	$(BIN)/python -m samples.build

lock: $(VENV)/ready     ## rewrite requirements.lock from pyproject.toml (needs uv)
	uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
		--extra dev --python-version 3.11 pyproject.toml -o requirements.lock

clean:          ## remove everything that was made here
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
