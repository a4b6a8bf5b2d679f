"""``python -m tests.faults F3 F4``: make these faults, or all, and print what happened."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from tests.faults import database, disk, lock, old_links

FAULTS = {
    "F2": disk.gone,
    "F3": lock.held,
    "F4": old_links.purged,
    "F5": disk.copied,
    "F8": disk.full,
    "P1": database.away,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FAULTS:
        for line in FAULTS[name]():
            sys.stdout.write(f"{name}  {line}\n")
            sys.stdout.flush()
