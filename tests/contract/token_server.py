"""This program serves the simulator's API from a file, until its standard input ends.

A process of its own keeps the simulator's memory out of what a test measures.
"""

from __future__ import annotations

import sys
import time

from tests.contract.simulated import app_of, sandbox_of, serving


def main(path: str) -> None:
    """Serve the sandbox in a file, and write the address to standard output."""
    sandbox = sandbox_of("plain", path)
    with serving(app_of(sandbox, sleep=time.sleep)) as url:
        sys.stdout.write(f"{url}/v3\n")
        sys.stdout.flush()
        sys.stdin.read()
    sandbox.close()


if __name__ == "__main__":
    main(sys.argv[1])
