"""Fuzzing: readers of what comes from outside, given millions of inputs that nobody thought of."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))  # pytest has it there already
