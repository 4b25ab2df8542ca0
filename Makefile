# `make demo` and `make test` set everything up by themselves, in .venv; see .ci/venv.

BIN := .venv/bin
FIXTURES := fixtures/backend-engineer

.PHONY: demo test bench clean venv

# Exit code 1 says that there are differences, as there should be here; 2 and above are failures.
define show
@echo '$$ $(1)'
@$(BIN)/$(1) || [ $$? -eq 1 ]
@echo
endef

demo: venv
	$(call show,agentdiff diff $(FIXTURES)/a-numbered.md $(FIXTURES)/c-headings.md)
	$(call show,agentdiff merge $(FIXTURES)/*.md)

# All four run, whatever the others say; the tests come last.
test: venv
	@failed=; \
	$(BIN)/ruff check --quiet . || failed="$$failed lint"; \
	$(BIN)/ruff format --check --quiet . || failed="$$failed format"; \
	$(BIN)/mypy || failed="$$failed types"; \
	[ -z "$$failed" ] || echo "failed so far:$$failed"; \
	$(BIN)/pytest || failed="$$failed tests"; \
	[ -z "$$failed" ]

bench: venv
	@for script in speed alignment canonical formats verdicts; do \
	    echo "== $$script"; $(BIN)/python bench/$$script.py || exit; echo; \
	done

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@.ci/venv
