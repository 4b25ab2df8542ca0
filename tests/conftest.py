"""Settings for every test: the same examples on every run and machine, and no clock."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("agentdiff", derandomize=True, deadline=None, database=None)
settings.load_profile("agentdiff")
