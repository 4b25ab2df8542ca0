"""`python -m agentdiff`."""

from __future__ import annotations

import sys

from agentdiff.cli import main

sys.exit(main())
