# Two commands set up everything: `make run` does the main job, `make test` passes the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SCENARIO ?= bole-2023

.PHONY: run test test-quick dashboard lint format benchmark benchmark-planner package browser clean

run: $(READY)
	$(BIN)/bureau run $(SCENARIO) --workers 2 $(ARGS)

dashboard: $(READY)
	$(BIN)/bureau dashboard $(ARGS)

test: $(READY) browser
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "long or not long" $(ARGS)

test-quick: $(READY)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not long and not browser" $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmark: $(READY)
	$(BIN)/python -m benchmarks.main_job

benchmark-planner: $(READY)
	$(BIN)/python -m benchmarks.planner bole city-1

# A wheel installed into an empty environment, asked from an empty folder.
package: $(READY)
	sh .ci/package $(BIN)/python

# Headless Chromium and a CJK font, through apt where that is allowed.
browser:
	sh .ci/browser

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet -c constraints.txt -e '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
