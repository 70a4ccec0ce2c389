# The two commands for a fresh clone: `make demo` and `make test`. Both start with `make env`.

PYTHON ?= python3
CORES ?= all
BIN := $(CURDIR)/.venv/bin
export PATH := $(BIN):$(PATH)

.PHONY: env env-reference demo viewer label-tool test test-unit test-cluster test-consumers test-browser fuzz lint bench bench-scale bench-viewer clean

env: .venv/complete

.venv/complete: envs/lock.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version)." \
	         "Name another: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement envs/lock.txt
	touch $@

# The reference package, for the tests and benchmarks that compare with it.
env-reference: .venv-reference/complete

.venv-reference/complete: envs/reference.txt
	$(PYTHON) -m venv --clear .venv-reference
	.venv-reference/bin/pip install --quiet --disable-pip-version-check \
	    --requirement envs/reference.txt
	touch $@

# Always on the sample, whatever dataset the environment names.
demo: env
	env -u CITYSCAPES_DATASET -u CITYSCAPES_RESULTS $(BIN)/snakemake --cores $(CORES) --quiet host rules reason
	@$(BIN)/python scripts/summary.py --results results

# The viewer on the sample, whatever dataset the environment names.
viewer: demo
	env -u CITYSCAPES_DATASET -u CITYSCAPES_RESULTS $(BIN)/python scripts/viewer.py

# The label tool on the sample, with an edit and a correction box to begin with.
label-tool: demo
	$(BIN)/python scripts/sample_edits.py --dataset resources/sample/dataset --edits edits --labels config/labels.csv
	env -u CITYSCAPES_DATASET -u CITYSCAPES_RESULTS $(BIN)/python scripts/label_tool.py

test: env lint env-reference
	$(BIN)/python -m pytest --numprocesses 2

# The library alone, without the workflow and without processes: for an editor, at every save.
test-unit: env
	$(BIN)/python -m pytest --numprocesses 2 tests/unit

# On a Slurm of its own, from Debian's packages; says so where that cannot be had.
test-cluster: env
	tests/cluster/run

# What reads the exports, each program of PyPI that can be had; gigabytes with PyTorch.
test-consumers: env
	PYTHON=$(PYTHON) tests/consumers/run

# The viewer's pages in a real Chromium, of Debian's package; says so where that cannot be had.
test-browser: env
	tests/browser/run

# Damaged files for every reader; another SEED makes others.
SECONDS ?= 300
SEED ?= 0

fuzz: env
	$(BIN)/python tests/fuzz/fuzz.py --seconds $(SECONDS) --seed $(SEED)

lint: env
	$(BIN)/ruff check scripts tests
	$(BIN)/ruff format --check scripts tests
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile rules
	env -u CITYSCAPES_DATASET $(BIN)/snakemake --lint

bench: env env-reference
	$(BIN)/python tests/bench/ground_truth.py
	$(BIN)/python tests/bench/evaluation.py
	$(BIN)/python tests/bench/boxes.py
	$(BIN)/python tests/bench/boundaries.py
	$(BIN)/python tests/bench/exports.py
	$(BIN)/python tests/bench/checks.py

# Up to ten times Cityscapes: 2.4 million small files below TMPDIR for a while.
bench-scale: env
	$(BIN)/python tests/bench/scale.py

# The viewer in a real Chromium, on the sample and on 25,000 small frames, and the label tool.
bench-viewer: demo
	$(BIN)/python tests/bench/viewer.py
	$(BIN)/python tests/bench/label_tool.py

clean:
	rm -rf .venv .venv-reference .venv-consumers
