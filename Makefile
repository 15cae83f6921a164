# Two commands do everything on a machine with python3 (3.11 or newer), venv, pip and make:
#   make solve   installs into .venv and solves a real network to a proven optimum
#   make test    installs into .venv and runs every check
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NETWORK ?= instances/allocation/geant2009.json

.PHONY: solve test lint docs clean
.DELETE_ON_ERROR:

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt --editable '.[test]'
	$(BIN)/python -m compileall -q optkit models
	touch $@

solve: $(VENV)/.installed
	$(BIN)/optkit solve $(NETWORK)

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests come last: their closing line says how many passed.
test: lint
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

clean:
	rm -rf $(VENV) build dist *.egg-info

# The documentation site, in docs/_build/html: pages, help of every command, schemas, reference.
docs: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	    --constraint constraints.txt '.[docs]'
	$(BIN)/python -m sphinx -W -b html docs docs/_build/html
