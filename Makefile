# Each target does its own set-up on a machine with only python3, make and git.
VENV := .venv
PYTHON := $(VENV)/bin/python
ASSISTANT := $(VENV)/bin/assistant
STAMP := $(VENV)/.installed
export PYTHONPATH := .
export HF_HUB_OFFLINE := 1

.PHONY: setup ask chat screenshots test lint bench bench-load bench-pages eval exam ablation cutoffs train readme identifiers clean

setup: $(STAMP)

# uv installs in a tenth of the time; plain pip does where uv cannot be had. torch comes as its CPU build.
# Copies, not links: nltk, which LlamaIndex reads its stop words with, refuses files that are linked twice.
$(STAMP): pyproject.toml constraints.txt
	@test -x $(PYTHON) || python3 -m venv $(VENV) || (echo "python3 cannot make a virtual environment; install it: apt-get install -y python3-venv" && exit 1)
	@echo "Installing (once; half a minute with uv, some minutes without) ..."
	@($(PYTHON) -m pip install -q uv && $(VENV)/bin/uv pip install -q --link-mode copy --python $(PYTHON) -c constraints.txt \
	  $(if $(PIP_FIND_LINKS),--find-links "$(PIP_FIND_LINKS)",--torch-backend cpu) -e '.[dev]') \
	  || $(PYTHON) -m pip install -q -c constraints.txt -e '.[dev]'
	@# Every command is a fresh process: without this each would compile every library anew where Python may not write caches.
	@$(PYTHON) -m compileall -q -j 0 $(VENV)/lib corpus index assistant evals >/dev/null 2>&1 || true
	@touch $@

# make ask Q="what must I do before suspending a CLA pupil?"
ask: setup
	@$(ASSISTANT) index build --if-needed
	@$(ASSISTANT) ask "$(Q)"

# The chat, the reader and the API in the browser; PORT=7871 takes another port.
PORT ?= 7860
chat: setup
	@$(ASSISTANT) index build --if-needed
	@$(ASSISTANT) serve --port $(PORT)

test: setup
	$(PYTHON) -m pytest -n 2 --dist loadfile

lint: setup
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# The development split; SPLIT=test measures the other. ARGS=--verbose lists the failures, ARGS=--gate fails below a floor.
SPLIT ?= dev
eval: setup
	$(PYTHON) -m evals.run --split $(SPLIT) $(ARGS)

# An exam in the gold's format that is kept elsewhere: make exam GOLD=folder; ARGS=--verbose lists the failures.
exam: setup
	$(PYTHON) -m evals.exam $(GOLD) $(ARGS)

# What each ranking finds, of both splits.
ablation: setup
	$(PYTHON) -m evals.retrieval

# What citing more or fewer clauses costs, of the development split.
cutoffs: setup
	$(PYTHON) -m evals.cutoffs

# Everything the models learn, in order: an hour and a half on two quiet cores. See evals/README.md.
TRAINED ?= build/trained
train: setup
	$(PYTHON) -m evals.train_embedder $(TRAINED)/embedder
	$(PYTHON) -m evals.export_weights $(TRAINED)/embedder
	$(PYTHON) -m evals.fit_examples
	$(PYTHON) -m evals.train_relevance
	$(PYTHON) -m evals.calibrate

bench: setup
	$(PYTHON) -m benchmarks

# People chatting at once; ARGS="--people 50 --seconds 60".
bench-load: setup
	$(PYTHON) -m benchmarks.load $(ARGS)

# How soon `make chat` is ready, and the first page usable in Debian's Chromium.
bench-pages: setup
	$(PYTHON) -m benchmarks.pages

# docs/screenshots/ from a server that runs at ADDRESS.
ADDRESS ?= http://127.0.0.1:7860
screenshots: setup
	$(PYTHON) -m tests.live.screenshots $(ADDRESS)

# Puts the headline question's real answer into the README.
readme: setup
	$(PYTHON) -m evals.readme

# Adds the identifiers of new clauses to corpus/documents/identifiers.json; none is ever taken away.
identifiers: setup
	$(PYTHON) -c "from corpus.library import write_identifiers; print(write_identifiers(), 'identifiers')"

clean:
	rm -rf $(VENV) .data build *.egg-info
