"""The fixtures of the commands of operators."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from operating import Operator
from sites import Clock


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Operator]:
    """Return an operator beside a settings file and an empty store, without variables, at a fixed time."""
    for name in [name for name in os.environ if name.startswith("LIVEFORM_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    clock = Clock(1_782_345_600.0)  # 2026-06-25 00:00 UTC
    monkeypatch.setattr(time, "time", clock)
    made = Operator(tmp_path, capsys, clock)
    made.store().close()
    yield made
    made.close()
