# `make` lists the targets. Each sets up its own environment first, where it needs one.

PYTHON ?= python3
CORPORA ?=
WORK ?=
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed
CODE := $(wildcard detector benchmarks data/sample/demo.py)

.PHONY: help setup demo style check test gate bench train evaluate ablation docs clean corpora-named

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## make .venv with everything that is pinned in requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Unspin needs Python 3.11 or newer, and $(PYTHON) is not: name one, as in make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: $(STAMP) ## score the sample stories, and show what was found, missed and wrong
	$(BIN)/python data/sample/demo.py

style: $(STAMP) ## rewrite the code in the common form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: $(STAMP) ## lint and types; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(CODE)

test: $(STAMP) ## run the tests
	$(BIN)/pytest -q

gate: corpora-named $(STAMP) ## accuracy floors, on held-out stories (CORPORA=...)
	$(BIN)/python -m benchmarks.gate --shared "$(CORPORA)"
	$(BIN)/python -m benchmarks.overlap --shared "$(CORPORA)"

bench: $(STAMP) ## speed, memory and size; with CORPORA=... also what choices of language model and candidates cost
	$(BIN)/python -m benchmarks.speed
	$(if $(CORPORA),$(BIN)/python -m benchmarks.language_model --corpora "$(CORPORA)")
	$(if $(CORPORA),$(BIN)/python -m benchmarks.candidates --shared "$(CORPORA)")

train: $(STAMP) ## train models/news-en (CORPORA=...); without CORPORA a demonstration model
	$(if $(CORPORA),$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.lock)
	$(BIN)/unspin train --workers $(WORKERS) $(if $(CORPORA),--corpora "$(CORPORA)" --out models/news-en,--sample data/sample --out work/demonstration)

evaluate: $(STAMP) ## one page to decide by whether to trust a trained model (WORK=..., as train left it)
	@test -n "$(WORK)" || { echo "WORK is not given: name the work folder of training, as in make evaluate WORK=work/news" >&2; exit 2; }
	$(BIN)/unspin evaluate --work "$(WORK)" --workers $(WORKERS)

ablation: corpora-named $(STAMP) ## what each extractor is worth: fit again without it, and write docs/ablation.md (CORPORA=...)
	$(BIN)/python -m benchmarks.ablation --shared "$(CORPORA)"
	$(MAKE) docs

docs: docs/ablation.md $(STAMP) ## write docs/artifacts.md: the extractors in their own words, and what each is worth
	$(BIN)/unspin explain --markdown > docs/artifacts.md
	cat docs/ablation.md >> docs/artifacts.md

clean: ## remove the environment, caches and builds (not models)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find detector tests benchmarks data -name __pycache__ -type d -prune -exec rm -rf {} +

corpora-named:
	@test -n "$(CORPORA)" || { echo "CORPORA is not given: name the folder that holds corpora/ and spun_dev/, as in make gate CORPORA=../shared" >&2; exit 2; }
