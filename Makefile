# Two commands on a fresh Debian or Ubuntu: `make fly` and `make test`. Both make the environment first, if it is not there.
MISSION ?= missions/change6.toml
OUT ?= flights/$(basename $(notdir $(MISSION)))
BIN := .venv/bin
LAB := .cache/lab
PORT ?= 8000
JOBS ?= 2
PYTEST := pytest -n $(JOBS) --dist worksteal $(if $(SLOW),,-m "not slow") $(ARGS)

.PHONY: help fly lab test bench lint coverage docs lock clean

help:
	@echo "make fly               fly MISSION=$(MISSION) into OUT=$(OUT)"
	@echo "make lab               the laboratory with a made-up history, on http://127.0.0.1:$(PORT)"
	@echo "make test              the tests that are not marked slow; make test SLOW=1: all of them; ARGS=... goes to pytest; JOBS=$(JOBS) at a time"
	@echo "make bench             farside beside other tools: some ten minutes of an idle core, written into benchmarks/README.md"
	@echo "make lint              style and types"
	@echo "make coverage          which lines the tests run: the quick ones; SLOW=1: all of them; ARGS=... goes to pytest"
	@echo "make docs              the site of the documents, into .cache/site"
	@echo "make lock              choose the exact versions anew; make lock ARGS=--upgrade: the newest ones"
	@echo "make clean             remove everything that can be made again (flights stay)"

fly:
	@tools/setup fly
	@$(BIN)/farside fly $(MISSION) --out $(OUT)

# The people and their password are written last: without them the ledger is half-made, and is made anew.
lab:
	@tools/setup lab
	@test -f $(OUT)/delivery.json || $(MAKE) --no-print-directory fly
	@test -f $(LAB)/people.txt || { rm -rf $(LAB) && mkdir -p $(LAB) && \
		FARSIDE_LAB=$(LAB)/lab.sqlite3 $(BIN)/python -m farside.web demonstration $(OUT)/delivery.json >$(LAB)/people.part && \
		mv $(LAB)/people.part $(LAB)/people.txt; }
	@cat $(LAB)/people.txt
	@echo "http://127.0.0.1:$(PORT)  (Ctrl-C ends it)"
	@FARSIDE_LAB=$(LAB)/lab.sqlite3 FARSIDE_LAB_DEMONSTRATION=1 FARSIDE_LAB_FLIGHT=$(OUT) \
		FARSIDE_LAB_SECRET=$$($(BIN)/python -c "import secrets; print(secrets.token_urlsafe(64))") \
		$(BIN)/gunicorn farside.web.wsgi --bind 127.0.0.1:$(PORT) --workers 2 --log-level warning

test:
	@tools/setup test
	@$(BIN)/python -m $(PYTEST)

bench:
	@tools/setup bench
	@.venv-bench/bin/python -m benchmarks.everything $(ARGS)

lint:
	@tools/setup test
	@$(BIN)/ruff check .
	@$(BIN)/mypy

# Compiled functions are not in it: they run outside the interpreter, which is all that coverage sees.
coverage:
	@tools/setup test
	@rm -rf .cache/coverage
	@$(BIN)/coverage run -m $(PYTEST)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage html -q -d .cache/coverage/html
	@$(BIN)/coverage report
	@echo "line by line: .cache/coverage/html/index.html"

docs:
	@tools/setup test
	@$(BIN)/python -m sphinx -W -q -c docs -d .cache/doctrees . .cache/site
	@echo "the site is .cache/site/docs/index.html"

lock:
	@tools/lock $(ARGS)

clean:
	rm -rf .venv .venv-bench .cache build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
