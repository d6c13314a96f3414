# Every command a reader or contributor needs; `make` alone lists them. Works with GNU make 3.81 (macOS) and later.
#
#   PYTHON=...       the Python to make .venv with              (3.11 to 3.14; otherwise one is looked for)
#   TORCH_INDEX=...  the index to take torch, alone, from       (Linux without CUDA: README)
#   ADDR=...         where `make serve` listens                 (otherwise 127.0.0.1:8000)
#   ARGS=...         more arguments: make test ARGS='-k bias', make bench ARGS='--pages 40'

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help serve build offline book test test-fast check format bench bench-engine bench-figures bench-site sweep axe mutants pins env env-test clean clean-all

ifeq ($(OS),Windows_NT)
PY := .venv/Scripts/python.exe
else
PY := .venv/bin/python
endif

# Material announces its end of life at every start. It is known: what is ours here does not depend on the theme.
export NO_MKDOCS_2_WARNING := 1
export PYTHON TORCH_INDEX

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' Makefile

serve: env ## the site in both languages, rebuilt as you edit; Ctrl-C ends it
	@exec $(PY) -m mkdocs serve $(if $(ADDR),--dev-addr '$(ADDR)') $(ARGS)

build: env ## the site in both languages, into site/; any error or dead link fails
	@$(PY) -m mkdocs build $(ARGS)

book: env-test ## the guide as one PDF a language: site-book/ (ARGS='--site site-offline': of one that is built)
	@BROWSER_EXECUTABLE="$$($(PY) scripts/tools/browser.py --install)" $(PY) -m tools.book $(ARGS)

offline: env ## the site to read from disk, without a network: site-offline/ and site-offline.zip
	@$(PY) scripts/tools/offline.py $(ARGS)

test: env-test ## lint, types and all tests, in a real browser where there is one
	@PY='$(PY)' sh scripts/tools/test.sh $(ARGS)

test-fast: env-test ## what the change at hand touches: lint, types, its tests, a build (ARGS=main: since there)
	@$(PY) scripts/tools/fast.py $(ARGS)

check: env-test ## lint, format, types and imports only
	@PY='$(PY)' sh scripts/tools/check.sh

format: env-test ## put the code into its format
	@$(PY) -m ruff check --fix
	@$(PY) -m ruff format

bench: env ## build times beside plain MkDocs, markdown-exec and mkdocs-jupyter
	@$(PY) -m tools.bench.compare $(ARGS)

bench-engine: env ## what snippets cost beyond their own work, saving under serve, sites of 1,000 snippets
	@$(PY) -m tools.bench.engine $(ARGS)

bench-site: env ## builds of this site beside plain MkDocs with the same pages, and saves until they are served
	@$(PY) -m tools.bench.site $(ARGS)

bench-figures: env-test ## what a change in a figure costs a slow phone, beside a reference in the same browser
	@BROWSER_EXECUTABLE="$$($(PY) scripts/tools/browser.py --install)" $(PY) -m pytest -n0 -s -m speed tests/browser $(ARGS)

sweep: env-test ## ten times as many random networks, the page "Your own network" beside torch (NETWORKS=...)
	@BROWSER_EXECUTABLE="$$($(PY) scripts/tools/browser.py --install)" TRACE_NETWORKS=$(or $(NETWORKS),20000) $(PY) -m pytest -n0 tests/browser/test_trace.py -k "torchs or cure" $(ARGS)

axe: env-test ## look for barriers on every page of both languages, not on one of each kind as `make test` does
	@BROWSER_EXECUTABLE="$$($(PY) scripts/tools/browser.py --install)" AXE=all $(PY) -m pytest -n0 tests/browser/test_pages.py -k axe $(ARGS)

mutants: env-test ## break the project in thirty ways, and see whether the tests find each (ARGS='--only rounded')
	@BROWSER_EXECUTABLE="$$($(PY) scripts/tools/browser.py --install)" $(PY) -m tools.mutants $(ARGS)

pins: ## renew constraints.txt (needs uv)
	@uv --version >/dev/null
	@{ sed -n '/^#/p' constraints.txt; \
	   grep -hv '^-' requirements*.txt \
	   | uv pip compile --quiet --universal --python-version 3.11 --no-annotate --no-header - \
	   | grep -viE "$$(sed -n 's/^\([A-Za-z0-9_.-]*\)==.*/^\1==|/p' requirements*.txt | tr _ - | tr -d '\n')^(nvidia|cuda|triton)|== 'pypy'" ; \
	 } > constraints.new && mv constraints.new constraints.txt

env: # .venv with what the site is built with
	@sh scripts/tools/venv.sh requirements.txt

env-test: # .venv with what the tests need too
	@sh scripts/tools/venv.sh requirements.txt requirements-test.txt

clean: ## remove what was built: the site, the cache, the tools' caches
	rm -rf site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis

clean-all: clean ## remove the virtual environments too
	rm -rf .venv .venv-bench node_modules scripts/insync.egg-info
