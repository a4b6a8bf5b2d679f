"""This module has a site with a settings file, and calls the commands of its operator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from commands import Answer
from sites import BASE_URL, KEY, TOKEN, Clock, open_store

from webhelper.commands.__main__ import main
from webhelper.links.stores.inbox import NewEvent

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from webhelper.links.stores.base import Store

SETTINGS = """
[webhelper]
base_url = "{base_url}"
secret_keys = [{{ file = "secret.key" }}]
api_tokens = {{ tests = {{ file = "api.token" }} }}
store = "{store}"
{more}
[projects.shop]
pid = "shoppid001"
key = {{ file = "shop.key" }}
cipher = "ecb"
{project}
"""


class Operator:
    """Somebody who calls commands where the settings file of a site is.

    Args:
        directory: of the settings file.
        capsys: takes what is printed.

    Attributes:
        clock: the time that the commands see.
    """

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str], clock: Clock) -> None:
        self.directory = directory
        self.clock = clock
        self._capsys = capsys
        self._stores: list[Store] = []
        self.write_settings()

    def write_settings(self, *, more: str = "", project: str = "", store: str = "") -> None:
        """Write the settings file and the files of its secrets; ``more`` are lines of TOML."""
        of = f"sqlite:///{(self.directory / 'links.db').as_posix()}"
        text = SETTINGS.format(base_url=BASE_URL, store=store or of, more=more, project=project)
        (self.directory / "liveform.toml").write_text(text, encoding="utf-8")
        for name, secret in (("secret.key", KEY), ("api.token", TOKEN), ("shop.key", "an example of a key")):
            (self.directory / name).write_text(secret, encoding="utf-8")

    def __call__(self, *argv: str) -> Answer:
        """Call a command in this process."""
        try:
            code: object = main(argv)
        except SystemExit as leave:
            code = leave.code
        return Answer(code, *self._capsys.readouterr())

    def data(self, *argv: str, code: int = 0) -> Any:
        """Return the JSON of a command that ends with this exit code."""
        answer = self(*argv, "--json")
        assert (answer.code, answer.err) == (code, ""), answer
        return json.loads(answer.out)

    def lines(self, *argv: str, code: int = 0) -> list[str]:
        """Return the lines of a command that ends with this exit code, none of them wider than 80 columns."""
        answer = self(*argv)
        assert (answer.code, answer.err) == (code, ""), answer
        lines = answer.out.splitlines()
        assert max(map(len, lines)) <= 80
        return lines

    def store(self) -> Store:
        """Return the store of the site."""
        store = open_store(self.directory)
        self._stores.append(store)
        return store

    def close(self) -> None:
        """Close the stores."""
        for store in self._stores:
            store.close()


def new_event(number: int = 0, **changes: Any) -> NewEvent:
    """Return an event; each number is another one."""
    fields: dict[str, Any] = {
        "project": "shop",
        "key": f"{number:064x}",
        "trigger": "approved",
        "submission_id": f"evcka62mes{number:03}",
        "occurred_at": 1_782_300_000.0,
        "members": {"webhook_trigger": "approved", "email": "jane.doe@example.com"},
    }
    return NewEvent(**fields | changes)


def fail(store: Store, count: int, *, now: float, problem: str = "timeout") -> None:
    """Let the work on the next events that are due fail for good."""
    for _ in range(count):
        lease = store.inbox.lease(now=now, lease_s=60)
        if lease is None:
            raise LookupError
        store.inbox.postpone(lease, problem, at=None)


def run_liveform(directory: Path, *argv: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Return the finished process of the command ``liveform``, in the directory of the settings file."""
    left_out = ("LIVEFORM_", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.run(
        [sys.executable, "-m", "liveform.cli", *argv],
        cwd=directory,
        env=kept | paths | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
