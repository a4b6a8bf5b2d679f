"""This module drives Debian's Firefox by tests/frontend/firefox.mjs."""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from frontend_apps import FILES
from programs import required_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Firefox:
    """One page of a running Firefox."""

    def __init__(self, commands: IO[str], answers: IO[str]) -> None:
        self._commands = commands
        self._answers = answers

    def goto(self, address: str) -> None:
        """Open an address, and return once the page has loaded."""
        self._ask(goto=address)

    def reload(self) -> None:
        """Load the page again, and return once it has loaded."""
        self._ask(reload=True)

    def evaluate(self, script: str) -> Any:
        """Return what an expression in the page gives, or what its promise does."""
        return self._ask(script=script)

    def wait_for(self, script: str) -> Any:
        """Return what an expression gives once it is true, within 20 seconds."""
        return self.evaluate(
            f"""(async () => {{
                for (let left = 400; left > 0; left -= 1) {{
                    const value = {script};
                    if (value) return value;
                    await new Promise((resume) => setTimeout(resume, 50));
                }}
                throw new Error(`never true; ${{location.href}} says ${{document.body.textContent}}`);
            }})()"""
        )

    def _ask(self, **command: str | bool) -> Any:
        self._commands.write(json.dumps(command) + "\n")
        self._commands.flush()
        answer = self._answers.readline()
        assert answer, "Firefox has not answered"
        return json.loads(answer)


@contextmanager
def running_firefox(app: Path) -> Iterator[Firefox]:
    """Yield a new Firefox, which ends with the test; ``app`` is a folder of ``new_app``."""
    program = app / "firefox.mjs"
    program.write_bytes((FILES / "firefox.mjs").read_bytes())
    command = [required_program("node"), str(program), required_program("firefox-esr")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Firefox(process.stdin, process.stdout)
        finally:
            process.stdin.close()
            process.wait(timeout=30)
