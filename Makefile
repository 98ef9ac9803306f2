# `make` lists the targets. Each sets up its own environment first, where it needs one.

PYTHON ?= python3
CORPORA ?=
FEEDBACK ?=
FAMILY ?=
VERSION_DATE ?=
WORK ?= $(if $(CORPORA)$(wildcard work/news-en/corpus),work/news-en,work/demonstration)
TEXTS = $(if $(CORPORA),$(foreach folder,$(CORPORA),--corpora "$(folder)"),$(if $(filter %/demonstration,$(WORK)),--sample data/sample))
NAME ?=
WORKERS ?= 2
BIN := .venv/bin
STAMP := .venv/.installed
CODE := $(wildcard detector benchmarks data/sample/demo.py docs/examples/*.py)

.PHONY: help setup serve demo style check test gate bench kills corpus spin train calibrate evaluate card release aligner ablation docs \
	screenshots clean corpora-named

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## make .venv with everything that is pinned in requirements.lock

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Unspin needs Python 3.11 or newer, and $(PYTHON) is not: name one, as in make PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

serve: $(STAMP) ## start the service, with the page to check drafts on at http://127.0.0.1:8757/
	$(BIN)/unspin serve

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

gate: corpora-named $(STAMP) ## accuracy floors, on held-out stories (CORPORA=..., and MODEL=... OUT=... before a release)
	$(BIN)/python -m benchmarks.gate --shared "$(CORPORA)" $(if $(MODEL),--model "$(MODEL)") $(if $(OUT),--out "$(OUT)")
	$(BIN)/python -m benchmarks.overlap --shared "$(CORPORA)"
	$(BIN)/python -m benchmarks.alignment --shared "$(CORPORA)" --articles 100
	$(BIN)/python -m benchmarks.sources --shared "$(CORPORA)" --suspects 100
	$(BIN)/python -m benchmarks.same_day --shared "$(CORPORA)"

bench: $(STAMP) ## speed, memory and size, and what the service bears; with CORPORA=... also what choices of language model and candidates cost
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.runner
	$(BIN)/python -m benchmarks.reading
	$(BIN)/python -m benchmarks.pages
	$(BIN)/python -m benchmarks.service --overload 20 --kills 10 --malformed 1000
	$(if $(CORPORA),$(BIN)/python -m benchmarks.language_model --corpora "$(CORPORA)")
	$(if $(CORPORA),$(BIN)/python -m benchmarks.candidates --shared "$(CORPORA)")
	$(if $(CORPORA),$(BIN)/python -m benchmarks.siblings "$(CORPORA)/corpora/clean/dev")

kills: $(STAMP) ## kill a run of 20,000 articles fifty times, here and on a Dask cluster, and compare every byte
	$(BIN)/python -m benchmarks.kills
	$(BIN)/python -m benchmarks.kills --cluster

corpus: $(STAMP) ## check and part the texts to train on (CORPORA=..., FEEDBACK=...); at first without CORPORA the sample
	$(if $(CORPORA),$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.lock)
	$(BIN)/unspin corpus --work $(WORK) $(TEXTS) $(foreach file,$(FEEDBACK),--feedback "$(file)")

spin: corpus ## count the language part, spin the others (FAMILY=... for tables of your own)
	$(BIN)/unspin spin --work $(WORK) --workers $(WORKERS) $(foreach file,$(FAMILY),--family "$(file)")

train: spin ## fit the model on them; a run that was stopped goes on where it was
	$(BIN)/unspin train --work $(WORK) --workers $(WORKERS) $(if $(VERSION_DATE),--version-date $(VERSION_DATE))

calibrate: train ## set its thresholds on untouched articles
	$(BIN)/unspin calibrate --work $(WORK) --workers $(WORKERS)

evaluate: calibrate ## one page to decide by whether to trust what was trained
	$(BIN)/unspin evaluate --work $(WORK) --workers $(WORKERS)

card: evaluate ## write the model card and the data card of what was trained
	$(BIN)/unspin card --work $(WORK)

release: card ## put what was trained into models/NAME if it passes every check (NAME=...)
	@test -n "$(NAME)" || { echo "NAME is not given: name the model, as in make release NAME=news-en" >&2; exit 2; }
	$(BIN)/unspin release --work $(WORK) --name "$(NAME)"

aligner: corpora-named $(STAMP) ## fit the word aligner again, by the tables of the default model (CORPORA=...)
	$(BIN)/python -m detector.training.fit_aligner "$(CORPORA)/alignment" $(WORK)

ablation: corpora-named $(STAMP) ## what each extractor is worth: fit again without it, and write docs/ablation.md (CORPORA=...)
	$(BIN)/python -m benchmarks.ablation --shared "$(CORPORA)"
	$(MAKE) docs

docs: docs/ablation.md $(STAMP) ## write docs/artifacts.md: the extractors in their own words, and what each is worth
	$(BIN)/unspin explain --markdown > docs/artifacts.md
	cat docs/ablation.md >> docs/artifacts.md

screenshots: $(STAMP) ## make the pictures of the page and the report again (needs chromium)
	PYTHONPATH=.:tests $(BIN)/python docs/screenshots.py

clean: ## remove the environment, caches and builds (not models)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find detector tests benchmarks data -name __pycache__ -type d -prune -exec rm -rf {} +

corpora-named:
	@test -n "$(CORPORA)" || { echo "CORPORA is not given: name the folder that holds corpora/ and spun_dev/, as in make gate CORPORA=../shared" >&2; exit 2; }
