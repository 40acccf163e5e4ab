# make run    set up what is needed and run the plugins
# make test   set up what is needed and run the tests
# make check  what has to be green before a commit: style, types, import contracts, tests
# make bench  how fast it is, each figure beside a baseline
# make soak   minutes of every driver and a display: does anything leak?
# make pictures  draws the README's pictures anew
# make wheel  the installable package, with the prebuilt Python runtime in it

PYTHON ?= python3
BIN := .venv/bin
TESTS ?= tests
.DEFAULT_GOAL := help
.PHONY: help run test check lint types contracts bench soak pictures wheel clean

help:
	@sed -n 's/^# //p' Makefile

.venv/for-running: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/for-developing: .venv/for-running
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: .venv/for-running
	$(BIN)/wasi-host run

test: .venv/for-developing
	$(BIN)/pytest -n 2 $(TESTS)

lint: .venv/for-developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/for-developing
	$(BIN)/mypy

contracts: .venv/for-developing
	$(BIN)/lint-imports

check: lint types contracts test

bench: .venv/for-developing
	$(BIN)/python -m tests.bench

soak: .venv/for-developing
	$(BIN)/python -m tests.soak

pictures: .venv/for-developing
	$(BIN)/python -m tests.pictures

wheel: .venv/for-developing
	$(BIN)/pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
