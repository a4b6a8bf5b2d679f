"""``python -m tests.faults F3 F4``: make these faults, or all, and print what happened.

``PYTHONPATH`` may have another version of gunicorn in front, for F1.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tests.faults import (
    clock,
    database,
    disk,
    guesses,
    lock,
    naive_port,
    old_links,
    postgresql_disk,
    served,
    slow_clients,
)

FAULTS = {
    "F1": slow_clients.attacked,
    "F2": disk.broken,
    "F3": lock.held,
    "F4": old_links.purged,
    "F5": disk.copied,
    "F7": served.polled,
    "F8": disk.full,
    "F9": served.misconfigured,
    "A9": guesses.guessed,
    "clock": clock.set_back,
    "P2": postgresql_disk.full,
    "P1": database.away,
    "naive": naive_port.raced,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Make faults on purpose, and print what happened: see docs/reliability.md.",
    )
    parser.add_argument("faults", nargs="*", metavar="FAULT", help=f"{', '.join(FAULTS)}; all without one")
    names = parser.parse_args().faults
    if unknown := [name for name in names if name not in FAULTS]:
        parser.error(f"unknown: {', '.join(unknown)}; choose from {', '.join(FAULTS)}")
    for name in names or FAULTS:
        for line in FAULTS[name]():
            sys.stdout.write(f"{name}  {line}\n")
            sys.stdout.flush()
