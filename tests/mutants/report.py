"""What a run has found, as text."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.mutants.breaks import Break
    from tests.mutants.run import Verdict


def percent(verdicts: list[Verdict]) -> float:
    """Return how many of a hundred breaks were caught; 100 without breaks."""
    return 100 * sum(one.caught for one in verdicts) / len(verdicts) if verdicts else 100.0


def summary(verdicts: list[Verdict]) -> str:
    """Return a table of the modules, the survivors, and the share of caught breaks."""
    total = Counter(one.broken.module for one in verdicts)
    caught = Counter(one.broken.module for one in verdicts if one.caught)
    rows = [f"{module:<40}{caught[module]:>8}{n - caught[module]:>10}" for module, n in total.items()]
    survivors = [one.broken for one in verdicts if not one.caught]
    parts = [
        "\n".join([f"{'module':<40}{'caught':>8}{'survived':>10}", *rows]),
        "\n".join(["Survivors:", *map(line, survivors)]) if survivors else "No survivors.",
        f"{len(verdicts) - len(survivors)} of {len(verdicts)} breaks caught: {percent(verdicts):.1f} %",
    ]
    return "\n\n".join(parts)


def line(one: Break) -> str:
    """Return where a break is and what it does, with the text of its line below."""
    return f"{one.module}:{one.line}: {one.words}\n    {one.text}"
