PY  ?= python3
BIN := .venv/bin
OUT ?= out

.PHONY: help run test test-bayes check bench bench-peers docs lock clean
help:             ## list the targets
	@sed -n 's/^\([a-z-]*\): .*## *\(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || sed -n 's/^\([a-z-]*\): .*##/\1:/p' $(MAKEFILE_LIST)
run: .venv/done    ## plan the first example and print where the report is
	@$(BIN)/anagen plan examples/01_man_nh3_vertex.yaml --out $(OUT) || test $$? -eq 1
test: .venv/done   ## every test: unit, property, reference, command line
	$(BIN)/python -m pytest
test-bayes: .bayes/done  ## the optional extra against its references: four minutes or so
	.bayes/bin/python -m pytest tests/bayes
check: .venv/done  ## format, lint, types, floors, facts, generated pages
	$(BIN)/ruff format --check . && $(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/anagen facts check
	$(BIN)/python scripts/contracts.py --check
	$(BIN)/python scripts/articles.py --check
	$(BIN)/python scripts/plausibility.py --check
	$(BIN)/python scripts/reference_table.py --check
	$(BIN)/python scripts/evidence_pictures.py --check
bench: .venv/done  ## times against their limits; WRITE=--write puts the tables into docs/
	@missed=0; $(BIN)/python benchmarks/run.py || missed=1; echo; \
	$(BIN)/python -m benchmarks.follicle $(WRITE) || missed=1; echo; \
	$(BIN)/python -m benchmarks.evidence $(WRITE) || missed=1; exit $$missed
bench-peers: .bench/done  ## install the peers that `bench` races against
docs: .venv/done   ## write the generated pages of docs/ anew
	$(BIN)/python scripts/plausibility.py
	$(BIN)/python scripts/contracts.py
	$(BIN)/python scripts/articles.py
	$(BIN)/python scripts/reference_table.py
	$(BIN)/python scripts/evidence_pictures.py
lock: .venv/done   ## write the locked requirements anew from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --extra dev \
	  --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --extra dev --extra bayes \
	  --custom-compile-command "make lock" --output-file requirements-bayes.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --custom-compile-command "make lock" --output-file benchmarks/requirements.txt benchmarks/requirements.in
clean:            ## forget the environment, what was compiled and the outputs
	find src tests benchmarks -name __pycache__ -type d -exec rm -rf {} +
	rm -rf .venv .bench .bayes .bootstrap $(OUT)

.venv/done: pyproject.toml requirements.lock
	@$(PY) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("anagen needs Python 3.11 or newer; set PY=python3.x")'
	@echo "setting up .venv (once; half a minute or so) ..."
	@$(PY) -m venv --clear .venv 2>/dev/null || { \
	  $(PY) -m pip install --quiet --target .bootstrap virtualenv && \
	  PYTHONPATH=.bootstrap $(PY) -m virtualenv --quiet --clear .venv; }
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.bench/done: benchmarks/requirements.txt
	@echo "setting up .bench, the peers of the benchmark (once; a minute or two) ..."
	@$(PY) -m venv --clear .bench 2>/dev/null || { \
	  $(PY) -m pip install --quiet --target .bootstrap virtualenv && \
	  PYTHONPATH=.bootstrap $(PY) -m virtualenv --quiet --clear .bench; }
	@.bench/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement $<
	@touch $@

.bayes/done: pyproject.toml requirements-bayes.lock
	@echo "setting up .bayes, with the optional extra (once; a minute or two) ..."
	@$(PY) -m venv --clear .bayes 2>/dev/null || { \
	  $(PY) -m pip install --quiet --target .bootstrap virtualenv && \
	  PYTHONPATH=.bootstrap $(PY) -m virtualenv --quiet --clear .bayes; }
	@.bayes/bin/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements-bayes.lock
	@.bayes/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
