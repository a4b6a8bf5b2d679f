"""This module writes which rows are held: row numbers, test names and kinds of differences."""

from __future__ import annotations

from typing import Any

from tests.contract.row_table import ROWS

HELD, DIFFERS, NOT_TRIED = "held", "differs", "not tried"


def write_report(terminal: Any, *, in_full: bool) -> None:
    """Write the rows of all tests of the suite that ran.

    Args:
        terminal: pytest's terminal reporter.
        in_full: whether held rows are listed too, and not only counted.
    """
    found = outcomes([one for reports in terminal.stats.values() for one in reports])
    if not found:
        return
    terminal.section("rows of docs/vendor-api.md")
    for row in (one for one in ROWS if one in found):
        outcome, where = found[row]
        if in_full or outcome == DIFFERS:
            terminal.write_line(f"row {row} {outcome}{where}")
    counts = [sum(outcome == one for outcome, _ in found.values()) for one in (HELD, DIFFERS, NOT_TRIED)]
    terminal.write_line("{} rows held, {} differ, {} not tried".format(*counts))


def outcomes(reports: list[Any]) -> dict[str, tuple[str, str]]:
    """Return the outcome of each row, with the tests in which it differs and how.

    Args:
        reports: of the parts of tests; those without rows are left out.
    """
    found: dict[str, tuple[str, str]] = {}
    for report in reports:
        said = dict(getattr(report, "user_properties", ()))
        for row in said.get("rows", ()):
            before, where = found.get(row, (NOT_TRIED, ""))
            if row in said.get("differs", ()):
                found[row] = (DIFFERS, f"{where}\n    {report.nodeid}: {said['what']}")
            elif report.passed and report.when == "call" and before == NOT_TRIED:
                found[row] = (HELD, "")
            else:
                found.setdefault(row, (NOT_TRIED, ""))
    return found
