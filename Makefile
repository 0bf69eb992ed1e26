# Mingcha: `make run` shows it working, `make test` proves it. Everything else is detail.
SHELL := /bin/bash
PY := .venv/bin/python
MINGCHA := .venv/bin/mingcha
HOME_DIR := $(if $(MINGCHA_HOME),$(MINGCHA_HOME),var/demo)
# Extra real texts and pages for tests, when this checkout has them beside it.
ifneq ($(wildcard ../shared/data),)
export MINGCHA_TEST_DATA ?= $(abspath ../shared/data)
endif

.PHONY: run test check bench soak setup setup-test format screenshots paper-images clean

run: setup
	@MINGCHA_HOME=$(HOME_DIR) exec $(MINGCHA) demo

# One process more than cores: many tests wait for other processes; with two more they wait for each other. Bytecode
# may be written, or every one of some hundred processes would compile the tests and the program again. Each computes on one core and calls no helpers to
# learn from a few texts: beside the others they only wait for each other.
# What shares a browser or a server stays in one of them (tests/conftest.py).
test: setup-test
	@env -u PYTHONDONTWRITEBYTECODE OPENBLAS_NUM_THREADS=1 LOKY_MAX_CPU_COUNT=1 $(PY) -m pytest -n $$(($$(nproc) + 1)) --no-loadscope-reorder -m "not soak" $(ARGS)

check: setup
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@$(PY) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-cache

bench: setup
	@$(PY) -m tests.bench $(ARGS)

soak: setup-test
	@$(PY) -m pytest -m soak -o addopts="--strict-markers --import-mode=importlib -p no:cacheprovider -s" $(ARGS)

setup:
	@bash .ci/setup

setup-test:
	@bash .ci/setup test

format:
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

# The pictures in README.md, taken from a running demo.
screenshots: setup
	@$(PY) -m tests.screenshots docs/images

# Those of the papers and digests, all at once, from a demo of three weeks made for them, or of one case of any HOME:
# make paper-images CASE=AJ-2026-0001. Needs soffice (libreoffice-writer-nogui) and pdftoppm (poppler-utils).
paper-images: setup
	@MINGCHA_HOME=$(HOME_DIR) $(PY) -m tests.paper_images $(CASE) docs/images/papers

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .hypothesis var/demo var/models var/bench.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
