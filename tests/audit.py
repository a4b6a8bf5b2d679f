"""``python -m tests.audit``: the known weaknesses of what is installed, as PyPI lists them, by pip-audit.

Where PyPI's lists cannot be read, it says so and returns 0; with ``AUDIT=required`` that is a failure too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COMMAND: Final = (
    *(sys.executable, "-m", "pip_audit"),
    *("--local", "--skip-editable", "--format=json", "--progress-spinner=off"),
)


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(
    environ: Mapping[str, str] = os.environ,
    run: Callable[[Sequence[str]], subprocess.CompletedProcess[str]] = _run,
) -> int:
    """Return 0 if nothing is known, 1 if something is, and 1 without an answer where one is required."""
    done = run(COMMAND)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        packages = []
    audited = [package for package in packages if "vulns" in package]
    if not audited:
        told = [package["skip_reason"] for package in packages] or done.stderr.splitlines()[-1:]
        reason = (told or ["no answer"])[0][:200]
        print(f"not audited: PyPI's lists of known weaknesses cannot be read ({reason})")
        return int(environ.get("AUDIT") == "required")
    found = [line for package in audited for line in _weaknesses(package)]
    print(
        *found,
        f"{len(audited)} of {len(packages)} packages audited, known weaknesses: {len(found)}",
        sep="\n",
    )
    return 1 if found else 0


def _weaknesses(package: Mapping[str, Any]) -> list[str]:
    """Return a line for each known weakness of a package."""
    return [
        f"{package['name']} {package['version']}: {one['id']}, mended in {', '.join(one['fix_versions'])}"
        for one in package["vulns"]
    ]


if __name__ == "__main__":
    sys.exit(main())
