"""The fixtures that every test may use; plain helper functions live in ``tests/support``."""

import gc
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import Answer, Command
from hypothesis import settings

from liveform.cli import main
from liveform.crypto.engines import EngineName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgresql_server import PostgresqlServer

# By its name, and not by the entry point of liveform: coverage begins before.
pytest_plugins = ["webhelper.testing"]

# A deadline is an assertion on wall-clock time, and a busy machine would break it.
settings.register_profile("liveform", deadline=None)
settings.register_profile("brief", deadline=None, max_examples=20)  # for a further Python, beside a whole run
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "liveform"))


def pytest_collection_finish() -> None:
    """Leave ten thousand collected tests out of each later garbage collection."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", params=["cryptography", "pycryptodome"])
def engine(request: pytest.FixtureRequest) -> EngineName:
    """Return the name of each of the two engines in turn."""
    name: EngineName = request.param
    return name


def _stay(path: str, argv: list[str]) -> None:
    raise AssertionError(f"would have become {argv}")


@pytest.fixture
def liveform(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Command:
    """Return a caller of ``main`` in an empty directory, with LIVEFORM_ variables by their short names."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.execv", _stay)  # the tests must not become another program

    def call(*argv: str, stdin: bytes = b"", **environ: str) -> Answer:
        with monkeypatch.context() as patch:
            for name, value in environ.items():
                patch.setenv(f"LIVEFORM_{name}", value)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            try:
                code: object = main(argv)
            except SystemExit as leave:
                code = leave.code
        return Answer(code, *capsys.readouterr())

    return call


@pytest.fixture(scope="session")
def postgresql_server() -> "Iterator[PostgresqlServer]":
    """Return a PostgreSQL server, which all tests of a process share; each empties the database first."""
    from postgresql_server import PostgresqlServer

    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()
