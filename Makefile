# Needs Python 3.11 or newer; another one than python3: make setup PYTHON=python3.13
PYTHON ?= python3
BIN := .venv/bin
GROUPS := es_loader configure_domain geoip_downloader loader_stopper log_puller metrics_exporter native
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help setup demo test golden faults fuzz lint build bench docs requirements

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Make .venv and say what else the machine lacks
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "setup: $(PYTHON) is no Python 3.11 or newer; name one: make setup PYTHON=python3.13"; \
		exit 1; }
	@$(PYTHON) -m local.setup

demo: setup ## Load sample logs into a local OpenSearch and show them (KEEP=1 leaves it running)
	@$(BIN)/python -m local.demo

test: setup ## Run all tests, then on Python 3.13 those that need no OpenSearch node
	$(BIN)/pytest --durations=10
	@if [ -x .venv313/bin/pytest ]; then set -x; .venv313/bin/pytest -m "not node and not terraform"; fi

golden: setup ## Rewrite the expected documents of the samples: review the diff
	GOLDEN=1 $(BIN)/pytest tests/log_types/test_golden.py

faults: setup ## Balance the books of 2,000 random cases of faults (N=30 for fewer, SEED=, CASE= one again)
	@PYTHONPATH=functions $(BIN)/python -m tests.faults.run

fuzz: setup ## Change samples at random and load them (CASES=200000, SEED=1)
	@PYTHONPATH=.:functions $(BIN)/python -m tests.es_loader.fuzz $(or $(SEED),1) $(or $(CASES),200000)

lint: setup ## Check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

build: setup ## Make dist/<arch>/<function>.zip for Lambda
	@$(BIN)/python build.py

bench: setup ## Measure the loader against its floor (TYPES=a,b limits it)
	@$(BIN)/python -m bench.run

docs: setup ## Rewrite what is made from the code: local/deployment.json, docs/reference, the picture
	$(BIN)/python -m local.log_types_reference
	$(BIN)/python -m local.describe
	$(BIN)/python -m tests.terraform.reference
	$(BIN)/python -m tests.terraform.picture

requirements: setup ## Pin requirements/*.txt to pyproject.toml (UPGRADE=1 takes newer versions)
	$(COMPILE) --group dev --output-file requirements/dev.txt
	@for group in $(GROUPS); do (set -x; $(COMPILE) --group $$group \
		--constraints requirements/dev.txt --output-file requirements/$$group.txt) || exit 1; done
	echo checkov | $(COMPILE) --no-config --output-file requirements/checkov.txt -
