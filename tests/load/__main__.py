"""``python -m tests.load``: a chain's traffic against a real server; ends with 1 if something went wrong."""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tests.load import report
from tests.load.amounts import Amounts
from tests.load.run import run


def main(argv: list[str]) -> int:
    """Run, print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument(
        "--scale", type=Fraction, default=Fraction(1), help="such as 1/20: as quick, but shorter"
    )
    parser.add_argument("--postgresql", action="store_true", help="keep links in a PostgreSQL server")
    parser.add_argument("--workers", type=int, default=2, help="processes of gunicorn (default: 2)")
    parser.add_argument("--write", action="store_true", help="write the tables to docs/load.md")
    arguments = parser.parse_args(argv)
    amounts = Amounts().scaled(arguments.scale)
    findings = run(amounts, workers=arguments.workers, on_postgresql=arguments.postgresql)
    for line in report.lines_of(findings):
        print(line)
    if arguments.write:
        report.write("PostgreSQL" if arguments.postgresql else "SQLite", findings)
    return 0 if findings.is_right and report.is_flat(findings) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
