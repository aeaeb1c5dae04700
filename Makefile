# Only python3 and make are assumed; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check bench docs clean

demo: .venv/installed ## tour the program with a sample database in a temporary folder
	@$(BIN)/python -m cardcrm demo --tour

test: .venv/tested ## install the test requirements and run all tests
	$(BIN)/python -m pytest -q -n auto --dist worksteal

check: .venv/checked ## lint, format, types, dependencies between packages, prose
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/import_cycles.py
	$(BIN)/python tools/prose.py

bench: .venv/tested ## measure speed and memory; databases stay in bench/databases
	$(BIN)/python -m bench

docs: .venv/installed ## write the generated reference pages, the man pages and the pictures
	$(BIN)/python -m docs.generator

.venv/made:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/made pyproject.toml
	$(BIN)/pip install -q -e .
	@$(BIN)/python -m compileall -q src/cardcrm # in case Python is set not to write compiled files
	@touch $@

.venv/tested: .venv/installed
	$(BIN)/pip install -q -e '.[test]'
	@touch $@

.venv/checked: .venv/installed
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis snapshot_report.html
