# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
PORT ?= 8000
# The tests of one file share a server and a browser, so they stay together. Files start in the order of their
# names: those in tests/browser are slow, and a core that starts one last would leave the others idle. They wait for
# half of their time, so there are two processes for each core.
PROCESSES ?= $(shell $(PYTHON) -c "import os; print(2 * os.cpu_count())")
PARALLEL = --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
VENV := .venv
BIN := $(VENV)/bin
# Of `make fuzz`: for each target and engine, and where the random numbers begin.
SECONDS := 60
SEED := 0

.PHONY: demo test coverage lint wheel-test test-lowest test-python sdist fuzz test-last-tag bench load mutants docs clean

# The web helper with the simulator, on 127.0.0.1; PORT=... for another port, LAN=1 for phones in the same network.
demo: $(VENV)/.package
	$(BIN)/liveform serve --demo --port $(PORT) $(if $(LAN),--host 0.0.0.0)

test: $(VENV)/.dev
	$(BIN)/pytest $(PARALLEL)

# The same tests, which take half as long again; fails below 100 % of lines and branches.
coverage: $(VENV)/.dev
	$(BIN)/pytest $(PARALLEL) --cov

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/zizmor --offline --quiet .github
	$(BIN)/python -m tests.audit

# Every test but those in browsers, in a folder without the sources, of the wheel that users install.
wheel-test: $(VENV)/.dev
	rm -rf build/dist && $(BIN)/python -m build --wheel --outdir build/dist .
	$(call wheel-tests,wheel,$$(echo build/dist/*.whl)[all],tests/liveform tests/webhelper tests/test_packaging.py)

# The same with the lowest version of every package that pyproject.toml allows. CI runs those tests of the web helper
# that meet these packages: servers, stores, metrics, traces. All of them: make test-lowest LOWEST=tests/webhelper
LOWEST = tests/webhelper/links/stores/postgresql tests/webhelper/links/stores/contract/test_store.py \
	tests/webhelper/web tests/webhelper/test_served_gunicorn.py
test-lowest:
	$(call wheel-tests,lowest,--resolution lowest-direct .[all],tests/liveform $(LOWEST))

# The library's tests on another Python: make test-python PYTHON=python3.13
test-python:
	$(call wheel-tests,other,.[all],tests/liveform)

# Runs tests in an environment of its own. Arguments: its name, what uv installs, which tests.
# uv trusts the certificates of the system, as pip does: those of a company's proxy are there.
define wheel-tests
rm -rf build/$(1) build/$(1)-tree && mkdir -p build/$(1)-tree
$(PYTHON) -m venv build/$(1)
build/$(1)/bin/python -m pip install --quiet uv
UV_SYSTEM_CERTS=true VIRTUAL_ENV=build/$(1) build/$(1)/bin/uv pip install --quiet $(2)
UV_SYSTEM_CERTS=true VIRTUAL_ENV=build/$(1) build/$(1)/bin/uv pip install --quiet --group test
cp -r tests examples docs deploy README.md CONTRIBUTING.md CHANGELOG.md LICENSE pyproject.toml build/$(1)-tree
cd build/$(1)-tree && ../$(1)/bin/python -I -c "import liveform; assert 'site-packages' in liveform.__file__"
cd build/$(1)-tree && ../$(1)/bin/python -m pytest $(PARALLEL) -p no:cacheprovider $(3)
endef

# The sources, beside the wheel that was tested.
sdist: $(VENV)/.dev
	$(BIN)/python -m build --sdist --outdir build/dist .

# Inputs that nobody thought of, for every reader of what comes from outside; a minute for each of the two engines.
# What is found is kept in tests/regression/inputs. SECONDS=600 looks longer, FUZZ="--target xlsx" at one of them.
fuzz: $(VENV)/.dev
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) --seed $(SEED) $(FUZZ)

# The tests of the last release, run on this code: what fails has changed for users. Changes that are meant are listed
# in tests/last_tag/changed.txt.
test-last-tag: $(VENV)/.dev
	$(BIN)/python -m tests.last_tag build/last-tag

# Everything measured beside its reference; writes docs/benchmarks.md. Takes minutes; needs node.
bench: $(VENV)/.dev
	$(BIN)/python -m tests.benchmarks --write

# An hour's worth of a chain's traffic in ten minutes, against a real server; docs/load.md has the figures.
# LOAD="--scale 1/20" for a shorter run, "--postgresql" for the other engine.
load: $(VENV)/.dev
	$(BIN)/python -m tests.load $(LOAD)

# Small random breaks of the code, and which of them the tests catch. MUTANTS="--module liveform/crypto/keys.py --all"
# for other breaks. Takes minutes.
mutants: $(VENV)/.dev
	$(BIN)/python -m tests.mutants $(MUTANTS)

# What is made from sources: the pages of parameters and codes, and the compiled translations.
docs: $(VENV)/.package
	$(BIN)/liveform parameters --markdown > docs/parameters.md
	$(BIN)/liveform codes --markdown > docs/codes.md
	$(BIN)/pybabel compile --directory webhelper/translations

clean:
	rm -rf $(VENV) build dist .fuzz .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache

# What the demo needs, and no more.
$(VENV)/.package: pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[web]"
	touch $@

# The rest, into the same place. Older versions of pip cannot read the groups of pyproject.toml.
$(VENV)/.dev: $(VENV)/.package
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable ".[all]" --group dev
	touch $@
