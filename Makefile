# Two commands on a fresh machine do everything: `make demo` and `make test`. Needs Python 3.11, Java 17 or newer, make.
PYTHON ?= python3.11
BIN := .venv/bin
FAST := not long and not night

.PHONY: demo test test-long test-night check setup oracles rivals lock docs clean

demo: setup  ## set up, then run the nightly job on data/sample
	@$(BIN)/geoward demo

test: check  ## set up, then format, lint, types, imports and the fast tests: those with Spark beside those without
	@$(BIN)/pytest -m "$(FAST) and not spark" -p no:cacheprovider >.pytest.log 2>&1 & trap "kill $$!; exit 130" INT; \
	$(BIN)/pytest -m "$(FAST) and spark"; with=$$?; wait $$!; without=$$?; cat .pytest.log; exit $$((with | without))

test-long: setup oracles  ## kills, fuzz, real servers, the browser
	@$(BIN)/pytest -m long

test-night: setup  ## what takes a quiet machine for an hour: a night of every fault, a Java without memory, two thousand seeds
	@$(BIN)/pytest -m night
	@$(BIN)/pytest -m long tests/e2e/test_fault_sweep.py --seeds 2000

check: setup
	@$(BIN)/ruff format --check -q . && $(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

setup: .venv/.ready

.venv/.ready: requirements.lock pyproject.toml jobs/jars.lock
	@sh jobs/setup.sh "$(PYTHON)"
	@touch $@

oracles: .venv-oracles/.ready  ## other people's measures that long tests ask, in environments of their own

.venv-oracles/.ready: .venv/.ready tests/oracles/setup.sh tests/oracles/pycanon.lock tests/oracles/anonymeter.lock
	@sh tests/oracles/setup.sh
	@touch $@

rivals: .venv-rivals/.ready  ## other tools that benchmarks are run beside, in an environment of their own

.venv-rivals/.ready: .venv/.ready benchmarks/rivals.lock
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv-rivals
	@$(BIN)/uv pip install --quiet --python .venv-rivals/bin/python --require-hashes -r benchmarks/rivals.lock
	@touch $@

lock: setup  ## renew requirements.lock and the locks of oracles and rivals
	$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-emit-index-url -q -o requirements.lock
	for name in pycanon anonymeter; do $(BIN)/uv pip compile tests/oracles/$$name.in --python-version 3.11 --generate-hashes \
	  --no-emit-index-url -q -o tests/oracles/$$name.lock; done
	$(BIN)/uv pip compile benchmarks/rivals.in --python-version 3.11 --generate-hashes --no-emit-index-url -q -o benchmarks/rivals.lock

docs: setup  ## write what is derived: the data dictionary and the JSON schemas
	@$(BIN)/python -m jobs.cli.documents

clean:
	rm -rf .venv .venv-oracles .venv-rivals .geoward .pytest_cache .pytest.log .mypy_cache .ruff_cache .import_linter_cache .hypothesis
