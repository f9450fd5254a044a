# Minyi: `make run` to see it, `make test` to check it, `make help` for the rest.
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
unexport PYTHONDONTWRITEBYTECODE  # with it every process of a test would compile all that it imports
PIP = $(BIN)/python tools/told.py "Looking for the packages" $(BIN)/pip install --disable-pip-version-check --progress-bar off

.PHONY: help install run test release coverage lint bench lock texts docs screenshots bundle
help:
	@echo "make run      install, load the demonstration city and serve it on http://127.0.0.1:8000"
	@echo "make install  only make the environment (.venv/bin/minyi)"
	@echo "make test     the test suite; it says how long it will take"
	@echo "make release  what proves a release and takes longer: kills, fuzzing, every page; prints what it showed"
	@echo "make coverage branches of analysis, questionnaires and answering that no test takes"
	@echo "make lint     format, lint, types, import contracts, insecure patterns, secrets in files"
	@echo "make bench    benchmarks"
	@echo "make docs     docs/cli.md and the table of settings from the program, the picture of the house from its contracts"
	@echo "make screenshots  the pictures in docs/images, from a demonstration of their own"
	@echo "make texts    collect the console's Chinese texts and name those without English"
	@echo "make bundle   dist/minyi-VERSION-offline.tar.gz: what install.sh needs on a machine without a network"
	@echo "make lock     lock the dependencies again, with hashes"

SPREAD := -n 3 --dist loadfile --no-loadscope-reorder  # the longest files first: tests/support/pace.py
install: $(VENV)/.installed
run: install
	@echo "Starting the demonstration city (some seconds longer the first time)"
	@$(BIN)/minyi demo
test: $(VENV)/.installed-dev
	@$(BIN)/pytest -q $(SPREAD)
release: $(VENV)/.installed-dev
	@TEST_MINYI_FUZZ_INPUTS=10000 TEST_MINYI_EVERY_PAGE=1 $(BIN)/pytest -q -n 2 --dist worksteal --release
coverage: $(VENV)/.installed-dev
	@$(BIN)/pytest -q $(SPREAD) --cov-branch --cov-report=term-missing:skip-covered \
	  --cov=analysis --cov=questionnaires --cov=survey_app.answering
lint: $(VENV)/.installed-dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy & types=$$!; $(BIN)/lint-imports && \
	  $(BIN)/bandit -q -ll -c pyproject.toml -r survey_app questionnaires analysis definitions wording migrations tools hatch_build.py && \
	  $(BIN)/python tools/secrets_scan.py; others=$$?; wait $$types && exit $$others
bench: $(VENV)/.installed-dev
	@$(BIN)/python -m benchmarks.submissions
	@PYTHONPATH=. $(BIN)/python benchmarks/console.py
	@PYTHONPATH=. $(BIN)/python benchmarks/servers.py
	@PYTHONPATH=. $(BIN)/python benchmarks/slow_phone.py
	@PYTHONPATH=. $(BIN)/python benchmarks/estimation.py
	@PYTHONPATH=. $(BIN)/python benchmarks/decision_calibration.py
	@$(BIN)/python -m benchmarks.flags
	@$(BIN)/python -m benchmarks.small_areas
	@$(BIN)/python -m benchmarks.monitoring
	@$(BIN)/python -m benchmarks.stuffers
	@$(BIN)/python -m benchmarks.lists

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Minyi needs Python 3.11 or newer; none was found." >&2; exit 1; }
	@echo "Making the environment in $(VENV) with $(PYTHON)"
	@$(PYTHON) tools/told.py "Copying Python and pip" $(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python requirements.txt requirements-build.txt pyproject.toml hatch_build.py
	@echo "Installing the locked packages (a minute or two the first time)"
	@$(PIP) --require-hashes -r requirements.txt -r requirements-build.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q survey_app analysis questionnaires definitions wording migrations
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "Installing the locked packages for tests"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: $(VENV)/.installed-dev
	@$(BIN)/$(LOCK) pyproject.toml --extra redis -o requirements.txt
	@$(BIN)/$(LOCK) requirements-build.in -c requirements.txt -o requirements-build.txt
	@$(BIN)/$(LOCK) pyproject.toml requirements-build.in --extra dev --extra spark --extra redis -c requirements.txt -o requirements-dev.txt

ENGLISH := survey_app/console/translations/en/LC_MESSAGES/messages.po
texts: $(VENV)/.installed-dev
	@$(BIN)/pybabel -q extract -F babel.cfg -k page:2 -k action:2 -k form:2 -k operation:2 -k marked -k Menu -k lazy_gettext --no-location --sort-output -o $(VENV)/messages.pot .
	@$(BIN)/pybabel -q update -i $(VENV)/messages.pot -o $(ENGLISH) -l en -w 2000 --no-fuzzy-matching --ignore-obsolete --omit-header
	@! grep -B1 '^msgstr ""$$' $(ENGLISH) | grep '^msgid' | grep -v '^msgid ""$$'

docs: $(VENV)/.installed
	@$(BIN)/python tools/cli_reference.py
	@$(BIN)/python tools/settings_table.py
	@$(BIN)/python tools/readings.py
	@$(BIN)/python tools/scopes.py
	@$(BIN)/python tools/house.py

screenshots: $(VENV)/.installed-dev
	@PYTHONPATH=. $(BIN)/python tools/screenshots.py

bundle: $(VENV)/.installed
	@$(BIN)/python tools/bundle.py $(BUNDLE)
