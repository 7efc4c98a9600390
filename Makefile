# CARSI Tracker. `make run` serves it; the other commands are for people who work on it.
PYTHON ?= python3
VENV := .venv/bin/python
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
ARGS ?=
SOAK_MINUTES ?= 30

# Servers start by the hundred in tests, and each would compile the tracker's modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run clean test coverage check-everything drills soak lint audit sbom bench bench-scale schema migrations-check messages requirements venv python

run: .venv/serving $(MESSAGES)
	@exec $(VENV) -m carsi_tracker.local.serve

# Removes all data, those outside of this folder too, after asking.
clean: .venv/serving
	@exec $(VENV) -m carsi_tracker.local.clean

test: .venv/developing $(MESSAGES)
	@$(VENV) -m tests.browser.chromium
	@exec $(VENV) -m pytest $(ARGS)

# Faults, loads and copies of an installation, on Debian's servers; ARGS="-m 'not long'" runs a few of each subject.
drills: .venv/developing $(MESSAGES)
	@$(VENV) -m tests.drills.packages
	@exec $(VENV) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder tests/drills $(ARGS)

# The same, and which lines and branches no test runs; at least 95 % of them have to be run.
coverage: .venv/developing $(MESSAGES)
	@$(VENV) -m tests.browser.chromium
	@exec $(VENV) -m pytest --cov $(ARGS)

# People at work for SOAK_MINUTES, and what that takes of the machine, as a table.
soak: .venv/developing $(MESSAGES)
	@SOAK_MINUTES=$(SOAK_MINUTES) exec $(VENV) -m pytest -q -s -n 0 tests/drills/test_soak.py

# What the tests sample, whole: every page in all circumstances, every figure on all days. Then all drills. Takes hours.
check-everything: .venv/developing $(MESSAGES)
	@$(VENV) -m tests.browser.chromium
	@EVERYTHING=1 exec $(VENV) -m pytest $(ARGS) \
		tests/browser/test_accessibility.py tests/browser/test_desk.py \
		tests/reports/test_every_figure.py tests/reports/test_addresses.py \
		tests/reports/test_pages.py tests/reports/test_private.py \
		tests/reports/test_known.py tests/reports/test_overview.py tests/reports/test_rounding.py \
		tests/ledger/sql/test_amounts.py tests/ledger/sql/test_post.py \
		tests/test_benchmarks.py
	@$(MAKE) -s drills ARGS=

lint: .venv/developing $(MESSAGES)
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	$(VENV) -m djlint --lint --quiet templates
	.venv/bin/oxlint static --allow no-undef --allow no-unused-vars
	@mkdir -p var/lint
	@grep -hv '^"use strict";$$' static/desk/*.js > var/lint/desk.js # scripts of one page share their names
	.venv/bin/oxlint --no-ignore --allow all --deny no-undef --deny no-unused-vars static/*.js var/lint/desk.js
	$(VENV) manage.py makemigrations --check --dry-run
	.venv/bin/lint-imports

# Licenses and known vulnerabilities of the libraries that serve; which licenses are allowed stands in pyproject.toml.
audit: .venv/developing
	@.venv/bin/pip-licenses --packages $$(grep -oE '^[a-z0-9][a-z0-9._-]*' requirements.txt)
	@.ci/vulnerabilities $(ARGS)

# A CycloneDX list of the libraries of this version, for its release.
sbom: .venv/developing
	@mkdir -p var/sbom
	@version=$$($(VENV) -c 'import carsi_tracker; print(carsi_tracker.__version__)') && \
		sed "s/^dynamic = .*/version = \"$$version\"/" pyproject.toml > var/sbom/pyproject.toml && \
		$(VENV) -W ignore -m cyclonedx_py requirements --pyproject var/sbom/pyproject.toml --output-reproducible \
			--output-file var/sbom/carsi-tracker-$$version.cdx.json requirements.txt && \
		echo var/sbom/carsi-tracker-$$version.cdx.json

bench: .venv/developing
	@exec $(VENV) -m benchmarks $(ARGS)

# How it grows with entries, to ten million (15 GB, half an hour), and with readers.
bench-scale: .venv/developing
	@exec $(VENV) -m benchmarks.scale $(ARGS)

# What verify_ledger compares a database with; to be made anew after each change of a model, a migration or a rule.
schema: .venv/developing
	@WRITE_DOCUMENTS=1 $(VENV) -m pytest -q -n 0 tests/ledger/test_schema.py -k the_file_says

migrations-check: .venv/serving $(MESSAGES)
	$(VENV) manage.py makemigrations --check --dry-run

# Collects the texts to translate; needs GNU gettext.
messages: .venv/developing
	$(VENV) manage.py makemessages --locale es --extension html,txt,py,svg --no-obsolete --ignore '.venv' --ignore var

# Pins what requirements.in and requirements-dev.in ask for, and what that needs, with hashes of all files, for all
# platforms from Python 3.11 on. What is pinned stays; ARGS="--upgrade-package NAME" renews one, ARGS=--upgrade all.
COMPILE = .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--custom-compile-command "make requirements" $(ARGS)
requirements: .venv/developing
	@$(COMPILE) --output-file requirements.txt requirements.in
	@$(COMPILE) --output-file requirements-dev.txt requirements-dev.in

venv: .venv/developing $(MESSAGES)

.venv/developing: .venv/serving requirements-dev.txt
	@echo "Installing what tests and lint need"
	@$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.venv/serving: requirements.txt
	@test -x $(VENV) || $(MAKE) -s python PYTHON=$(PYTHON)
	@echo "Installing what serving needs into .venv"
	@test -x $(VENV) || $(PYTHON) -m venv .venv
	@$(VENV) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "No $(PYTHON): install Python 3.11 or newer, or say make PYTHON=/path/to/python."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "$(PYTHON) is $$($(PYTHON) -V): Python 3.11 or newer is needed; name one by make PYTHON=."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) has no venv module: install it (on Debian and Ubuntu, python3-venv)."; exit 1; }

%.mo: %.po .venv/serving
	@$(VENV) -m babel.messages.frontend compile --input-file $< --output-file $@ 2>/dev/null
