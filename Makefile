# Two commands do everything on a machine with python3 (3.11 or newer), venv, pip and make:
#   make solve   installs into .venv and finds a proven optimum for a real network
#   make test    installs into .venv and runs every check
# While you work:
#   make check   style, contracts and the quick tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NETWORK ?= instances/allocation/geant2009.json

# Compiled tests are kept, whatever the shell says: reading them again takes every run longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: solve test tests-solvers check style types tests lint coverage docs clean
.DELETE_ON_ERROR:

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[test]'
	$(BIN)/python -m compileall -q optkit models
	touch $@

solve: $(VENV)/.installed
	$(BIN)/optkit solve $(NETWORK)

style: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed
	$(BIN)/mypy

lint: style types

tests: $(VENV)/.installed
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

# Types are checked beside the tests, whose closing line comes last and says how many passed.
test: style
	$(MAKE) --no-print-directory --jobs 2 types tests

# The tests of backends with solvers that are licensed by their makers. All but MOSEK solve
# small models without a licence; elsewhere these tests are skipped.
tests-solvers: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[solvers]'
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal tests/backends

check: style
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal -m "not slow"

# How much of the code the tests run: a figure, not a gate.
coverage: $(VENV)/.installed
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov=optkit --cov-report=term

clean:
	rm -rf $(VENV) build dist *.egg-info

# The documentation site, in docs/_build/html: pages, help of every command, schemas, reference.
docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt '.[docs]'
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html
