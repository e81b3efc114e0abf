# make book and make test do everything on a fresh machine: Python 3.11 to 3.13 and
# make are enough. `make help` lists the rest.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Anything that takes pip's arguments, e.g. uv for the CPU build of torch on Linux:
#   make test INSTALL="uv pip install --python .venv --torch-backend=cpu"
INSTALL ?= $(BIN)/python -m pip install --quiet --disable-pip-version-check
# The kernels and alembic that nbgrader starts are the environment's own.
export PATH := $(CURDIR)/$(BIN):$(PATH)

SITE := _build/html/index.html

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | sort | expand -t 20

# --- environment -------------------------------------------------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Building the site needs neither TensorFlow nor torch: it shows stored outputs.
$(VENV)/book.installed: pyproject.toml requirements.lock | $(BIN)/python
	$(INSTALL) --constraint requirements.lock --editable '.[book]'
	@touch $@

$(VENV)/dev.installed: pyproject.toml requirements.lock | $(BIN)/python
	$(INSTALL) --requirement requirements.lock --editable .
	@touch $(VENV)/book.installed $@

# --- the two commands --------------------------------------------------------------

.PHONY: book
book: $(VENV)/book.installed ## build the site from the chapters' stored outputs
	$(BIN)/jupyter-book build --quiet --warningiserror --nitpick --keep-going .
	@echo "The site is ready: open $(CURDIR)/$(SITE)"

.PHONY: test
test: $(VENV)/dev.installed lint book ## install, lint, build the site and run every test
	$(BIN)/pytest -n 2 --dist loadfile
	$(BIN)/pytest -n 2 --dist loadfile --nbval --nbval-current-env \
	  --nbval-sanitize-with tests/nbval_sanitize.cfg book

.PHONY: pdf
pdf: $(VENV)/dev.installed book ## print the book into one tagged PDF (needs chromium)
	$(BIN)/python book/_ext/pdf.py

.PHONY: site-zip
site-zip: book ## pack the site for reading offline
	@mkdir -p dist && rm -f dist/backprop-by-hand-site.zip
	@cd _build/html && $(CURDIR)/$(BIN)/python -m zipfile -c \
	  $(CURDIR)/dist/backprop-by-hand-site.zip .
	@echo "The offline copy is ready: $(CURDIR)/dist/backprop-by-hand-site.zip"

# Lighthouse needs node; without npm the audit says that it was not run.
.PHONY: audit
audit: $(VENV)/dev.installed book ## look at every page: axe, links, weight, Lighthouse
	$(BIN)/python tests/site/audit.py

# --- authors -----------------------------------------------------------------------

.PHONY: lint
lint: $(VENV)/dev.installed ## style, types and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

.PHONY: release
release: $(VENV)/dev.installed ## generate exercises/ from solutions/
	$(BIN)/tapecheck release --all

.PHONY: student-archive
student-archive: $(VENV)/dev.installed ## pack what students get into one zip
	$(BIN)/python -m tapecheck.student_archive dist/backprop-by-hand-exercises.zip

.PHONY: refresh
refresh: $(VENV)/dev.installed ## run the chapters and store their outputs
	$(BIN)/python -m tapecheck.refresh book/0*.ipynb

.PHONY: answers
answers: $(VENV)/dev.installed ## grade every right and wrong answer of the corpus
	TAPECHECK_ALL_ANSWERS=1 $(BIN)/pytest -n 2 --dist loadgroup tests/test_answers.py

.PHONY: mutants
mutants: $(VENV)/dev.installed ## change every solution in small ways; the hidden tests must notice
	$(BIN)/python tests/mutants.py

.PHONY: data
data: $(VENV)/dev.installed ## rebuild data/ from the packages it comes from
	$(BIN)/python data/build.py

.PHONY: lock
lock: ## choose new exact versions for requirements.lock (needs uv)
	@{ echo "# The exact versions everything here was built and tested with (make lock)."; \
	   echo "# torch pins its own companions on each platform, so they are not listed."; \
	   uv pip compile pyproject.toml --all-extras --universal --fork-strategy fewest \
	     --python-version 3.11 --no-annotate --no-header --quiet \
	     | grep -vE '^(nvidia-|triton|cuda-|-|#)'; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

.PHONY: diagnose-bench
diagnose-bench: $(VENV)/dev.installed ## plant known mistakes in real gradients; count which are named
	$(BIN)/python -m benchmarks.diagnose --table book/reference/_diagnose-bench.md

.PHONY: field-guide
field-guide: $(VENV)/dev.installed ## write the table of codes and the field guide's data
	$(BIN)/python -m tapecheck.field_guide book/reference

# --- instructors -------------------------------------------------------------------

.PHONY: grade
grade: $(VENV)/dev.installed ## grade the sample submissions of chapter 3
	$(BIN)/python tests/submissions/build.py _build/submissions
	$(BIN)/tapecheck grade 03-backprop-by-hand --submissions _build/submissions --out _build/grade --cell-timeout 10

.PHONY: simulate-class
simulate-class: $(VENV)/dev.installed ## a class of 10,000, graded by a stub: time and memory
	$(BIN)/python -m benchmarks.simulate_class

.PHONY: hostile
hostile: $(VENV)/dev.installed ## grade hostile notebooks, by ours and by stock nbgrader
	$(BIN)/python benchmarks/hostile.py

.PHONY: warm-soak
warm-soak: $(VENV)/dev.installed ## fork 500 warm kernels in a row; none may hang or leave anything
	TAPECHECK_FORKS=500 $(BIN)/pytest tests/test_warm.py -k forks_are

.PHONY: bench
bench: $(VENV)/dev.installed ## grade 40 submissions by stock nbgrader and by ours, in one run
	$(BIN)/python -m benchmarks.class_bench --into book/guides

.PHONY: clean
clean: ## remove what the other targets built, except the environment
	rm -rf _build dist
