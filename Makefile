# Only python3 and make are assumed; everything else is installed into .venv.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check bench docs clean

demo: .venv/installed ## fill a sample box in a temporary place and look around
	@$(BIN)/python -m cardcrm demo --tour

test: .venv/tested ## install what the tests need and run them all
	$(BIN)/python -m pytest -q -n auto

check: .venv/checked ## lint, format, types and the arrows of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed ## measure against the floors; boxes are kept under bench/boxes
	$(BIN)/python -m bench

docs: .venv/installed ## write the generated reference pages and the README's picture anew
	$(BIN)/python docs/build.py
	$(BIN)/python docs/pictures_tui.py

.venv/made:
	$(PYTHON) -m venv .venv
	@touch $@

.venv/installed: .venv/made pyproject.toml
	$(BIN)/pip install -q -e .
	@$(BIN)/python -m compileall -q src/cardcrm # where Python is told to keep no compiled files
	@touch $@

.venv/tested: .venv/installed
	$(BIN)/pip install -q -e '.[test]'
	@touch $@

.venv/checked: .venv/installed
	$(BIN)/pip install -q -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis snapshot_report.html
