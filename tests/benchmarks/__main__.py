"""Run the benchmarks, print their table, and write docs/benchmarks.md if asked."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from tests.benchmarks import report
from tests.benchmarks.harness import FULL, QUICK, Curve, Effort, Result

# Each module has ``run(effort)``, which yields results and curves.
MODULES = ("urls", "returns", "batch", "imports", "qr", "redirects", "redeem", "kiosk", "growth")


def main() -> int:
    """Run the chosen benchmarks, and return 1 if one of them missed its goal."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *MODULES], help="which (default: all)")
    parser.add_argument("--quick", action="store_true", help="show that they run; the figures mean nothing")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its plots")
    arguments = parser.parse_args()
    results, curves = measure(arguments.names or MODULES, QUICK if arguments.quick else FULL)
    print(report.table(results))
    if arguments.write:
        report.write(results, curves)
    return 0 if arguments.quick or all(result.met for result in results) else 1


def measure(names: list[str] | tuple[str, ...], effort: Effort) -> tuple[list[Result], list[Curve]]:
    """Return what the benchmarks of these names find, in the order of their names."""
    results: list[Result] = []
    curves: list[Curve] = []
    for name in names:
        print(f"{name} ...", file=sys.stderr)
        for found in import_module(f"tests.benchmarks.{name}").run(effort):
            (results if isinstance(found, Result) else curves).append(found)
    return results, curves


if __name__ == "__main__":
    sys.exit(main())
