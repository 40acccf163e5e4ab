# make run    install what is needed and show the screen; without a terminal, print the readings
# make test   install what is needed and run the tests
# make thorough  run the tests that take long: pip, sealed plugins, driver modules against originals, more examples
# make check  run all checks that a commit has to pass: style, types, import contracts, all tests
# make bench  measure the speed, and show each figure beside a baseline; BENCH='--against ../other' beside another version
# make soak   run every driver and a display for minutes, and look for leaks
# make chaos  kill, pause and fill a broker, cut its connections, and look whether a reading is lost; CHAOS='--seconds 60'
# make fuzz   give the program 20,000 hostile inputs, and kill it 100 times; FUZZ='--cases 500 --seed 7' for others
# make drivers  try the newest release of 180 packages of PyPI in the sandbox, and write docs/drivers.md
# make pi     emulate a small Pi with 512 MB, and use the wheel there; needs qemu-user-static, and takes many minutes
# make pictures  draw the pictures of the README, of docs/fleet.md and of docs/performance.md again
# make size   install the wheel into a folder of its own; print the MB of each package, and the memory that it takes
# make trixie run the tests in Debian Trixie, whose Python is 3.13; needs root and debootstrap; TESTS=tests/unit for some
# make wheels  build the installable packages, for a 64-bit Pi and for a PC, with the Python runtime compiled for each
# make wheel  build the one for this kind of computer
# make deb    build a Debian package for the Pi; ARCHITECTURE=amd64 for a PC, PYTHON=python3.13 for Trixie
# make javascript  build the example driver in JavaScript; needs node 18 and npm

PYTHON ?= python3
BIN := .venv/bin
BUILD ?= build
TESTS ?= tests
FUZZ ?=
BENCH ?=
KILLS ?=
PI ?=
CHAOS ?=
ARCHITECTURE ?= arm64
MACHINE := $(if $(filter amd64,$(ARCHITECTURE)),x86_64,aarch64)
# The tests compare the sandbox's modules with it. Packages that it depends on need a compiler, and are not used here.
BLINKA := Adafruit-Blinka==10.0.0 Adafruit-PureIO==1.1.12 Adafruit-PlatformDetect==3.89.1
# Tests start hundreds of processes. Each would compile the whole program again where Python is told to keep nothing.
export PYTHONDONTWRITEBYTECODE :=
# Each process of the tests would import trio, for which Hypothesis has a plugin: selenium needs it, the tests do not.
export HYPOTHESIS_NO_PLUGINS := 1
.DEFAULT_GOAL := help
.PHONY: help run test thorough check lint types contracts bench soak chaos fuzz drivers pictures pi wheel wheels size trixie
.PHONY: deb javascript clean

help:
	@sed -n '1,/^$$/s/^# //p' Makefile

.venv/for-running: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.maxsize > 2**32 or sys.exit("this Python has 32 bits: install a 64-bit system (README)")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[web,mqtt,build]'
	@touch $@

.venv/for-developing: .venv/for-running
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps $(BLINKA)
	@touch $@

run: .venv/for-running
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BIN)/wasi-host; else exec $(BIN)/wasi-host run; fi

# Without it, each of the processes that run tests would compile all of them in a new clone, which takes each 10 s.
.venv/for-testing: .venv/for-developing
	@for tests in tests/unit '$(filter-out tests/unit/,$(wildcard tests/*/))'; do \
		$(BIN)/pytest --collect-only -qq -p no:cacheprovider $$tests >/dev/null 2>&1 & \
	done; wait  # a test that cannot be collected is told when it should run
	@touch $@

test: .venv/for-testing
	$(BIN)/pytest -n 4 --dist worksteal -m 'not thorough' $(TESTS)

thorough: .venv/for-testing
	$(BIN)/pytest -n 4 --dist worksteal --timeout 600 --hypothesis-profile thorough -m 'thorough or hypothesis' $(TESTS)

lint: .venv/for-developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/for-developing
	$(BIN)/mypy

contracts: .venv/for-developing
	$(BIN)/lint-imports

check: lint types contracts test thorough

bench: .venv/for-developing
	$(BIN)/python -m tests.bench $(BENCH)

soak: .venv/for-developing
	$(BIN)/python -m tests.soak

chaos: .venv/for-developing
	$(BIN)/python -m tests.chaos $(CHAOS)

fuzz: .venv/for-developing
	$(BIN)/python -m tests.fuzz $(FUZZ)
	$(BIN)/python -m tests.soak.kills $(KILLS)

drivers: .venv/for-developing
	$(BIN)/python -m tests.drivers --newest

pictures: .venv/for-developing
	$(BIN)/python -m tests.screen_pictures
	$(BIN)/python -m tests.fleet_pictures
	$(BIN)/python -m tests.page_picture
	$(BIN)/python -m tests.performance_picture

pi: .venv/for-developing
	$(BIN)/python -m tests.pi $(PI)

wheel: .venv/for-developing
	BUILD=$(BUILD) $(BIN)/python -m hostcore.platform_wheels $$(uname -m)

wheels: .venv/for-developing
	BUILD=$(BUILD) $(BIN)/python -m hostcore.platform_wheels

size: .venv/for-developing
	$(BIN)/python -m tests.bench install

trixie:
	.ci/trixie $(BUILD)/trixie test TESTS='$(TESTS)'

deb: .venv/for-developing
	mkdir -p $(BUILD)/deb
	BUILD=$(BUILD) $(BIN)/python -m hostcore.platform_wheels $(MACHINE)
	$(BIN)/python -m hostcore.deb_package $$(ls -t dist/*$(MACHINE).whl | head -1) $(ARCHITECTURE) $(BUILD)/deb

# The tools (200 MB) are in $(BUILD), because the wheel would include them if they were beside their source.
$(BUILD)/javascript/for-building: plugins/javascript/package.json plugins/javascript/package-lock.json
	mkdir -p $(@D)
	cp $^ $(@D)
	npm ci --prefix $(@D) --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

$(BUILD)/bh1750.wasm: plugins/javascript/bh1750.js $(wildcard wit/*.wit) $(BUILD)/javascript/for-building
	$(BUILD)/javascript/node_modules/.bin/componentize-js $< --wit wit --world-name driver-plugin \
		--disable http fetch-event --out $@

javascript: $(BUILD)/bh1750.wasm
	@echo '$< is ready. To run it instead of plugins/bh1750.py, add this line to [plugins.bh1750] of host.toml:'
	@echo 'path = "$<"'

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .fuzz
