"""``python -m tests.benchmarks``: run the benchmarks, print their tables, and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import report
from tests.benchmarks.harness import FULL, QUICK, Curve, Effort, Result, Walk

_SUPPORT = Path(__file__).parents[1] / "support"  # servers for tests and benchmarks
# Each module has ``run(effort)``, which yields results, curves and walks.
MODULES = (
    "urls",
    "returns",
    "events",
    "batch",
    "imports",
    "qr",
    "redirects",
    "redeem",
    "postgresql",
    "hosts",
    "webhooks",
    "kiosk",
    "growth",
    "rest",
    "walks",
)


class Findings(NamedTuple):
    """What benchmarks found, by its kind."""

    results: list[Result]
    curves: list[Curve]
    walks: list[Walk]


def main() -> int:
    """Run the chosen benchmarks, and return 1 if one of them missed its goal."""
    sys.path.append(str(_SUPPORT))
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MODULES], help="which (default: all)")
    parser.add_argument("--quick", action="store_true", help="show that they run; the figures mean nothing")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plots")
    arguments = parser.parse_args()
    found = measure(arguments.names or MODULES, QUICK if arguments.quick else FULL)
    if found.results:
        print(report.table(found.results))
    if found.walks:
        print(report.walks_table(found.walks))
    if arguments.write:
        report.write(*found)
    met = all(result.met for result in found.results) and all(walk.met for walk in found.walks)
    return 0 if arguments.quick or met else 1


def measure(names: list[str] | tuple[str, ...], effort: Effort) -> Findings:
    """Return what the benchmarks of these names find, in the order of their names."""
    found = Findings([], [], [])
    for name in names:
        print(f"{name} ...", file=sys.stderr)
        for one in import_module(f"tests.benchmarks.{name}").run(effort):
            match one:
                case Result():
                    found.results.append(one)
                case Curve():
                    found.curves.append(one)
                case Walk():
                    found.walks.append(one)
    return found


if __name__ == "__main__":
    sys.exit(main())
