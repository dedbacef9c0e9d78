# Every target sets up what it needs. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
# Compiled once, not by each of the many processes that a suite starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run serve test check fix bench demo-reset lock

help:  ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.ready  ## make .venv and install the lock

$(VENV)/.ready: requirements/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@touch $@

run: setup  ## serve the portal with the synthetic demo community on http://localhost:8501
	LINSHENG_DEMO=1 $(BIN)/python -m core.cli init --demo
	LINSHENG_DEMO=1 $(BIN)/streamlit run app.py --server.port $(PORT)

serve: setup  ## serve the portal with your own community (no demo data, no demo accounts)
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: setup  ## run the whole suite
	$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup  ## lint, types, layers, data
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m core.cli check-data --files-only

fix: setup  ## format and mend what a tool can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## measure; ratios within one run, a table and JSON under var/bench
	$(BIN)/python -m core.cli bench

demo-reset: setup  ## throw the demo database away and load it anew
	LINSHENG_DEMO=1 $(BIN)/python -m core.cli init --demo --reset

lock:  ## compile the lock from requirements/*.in (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate requirements/dev.in -o requirements/lock.txt
