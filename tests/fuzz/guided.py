"""The fuzzer that is guided by coverage: atheris changes inputs towards code that none has reached.

A process of its own runs it, for libFuzzer ends the process. atheris has wheels for Linux on x86-64 alone.
"""

from __future__ import annotations

import contextlib
import re
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from tests.fuzz import corpus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_EXECUTED: Final = re.compile(r"stat::number_of_executed_units: +(\d+)")
_DONE: Final = re.compile(r"^#(\d+)\t", re.MULTILINE)
_RAISED: Final = re.compile(r"=== Uncaught Python exception: ===\n(.+)")
_LONGEST_INPUT_S: Final = 20


def is_installed() -> bool:
    """Whether atheris is here."""
    return find_spec("atheris") is not None


def arguments(folder: Path, *, seconds: float, seed: int, max_bytes: int) -> list[str]:
    """Return libFuzzer's arguments; the folder has what it starts from, and gets what it finds."""
    return [
        f"-max_total_time={max(1, round(seconds))}",
        f"-seed={seed + 1}",  # 0 would be a random one
        f"-max_len={max_bytes}",
        f"-timeout={_LONGEST_INPUT_S}",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={folder / 'finding-'}",
        str(folder / "corpus"),
        str(folder / "seeds"),
    ]


def main(name: str, seconds: float, seed: int) -> None:
    """Fuzz one target until the time is over, and end the process."""
    import atheris

    with atheris.instrument_imports(include=["liveform", "webhelper"]):
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        for data in target.seeds:  # they import what is imported late
            _run_quietly(target.read, data)
    from time import thread_time

    from tests.fuzz.watch import Watch

    folder = corpus.KEPT / name
    corpus.save_all(folder / "seeds", [*target.seeds, *corpus.load(corpus.FOUND / name)])
    (folder / "corpus").mkdir(exist_ok=True)
    run = Watch(target, folder / "slow", thread_time)
    atheris.Setup(
        [sys.argv[0], *arguments(folder, seconds=seconds, seed=seed, max_bytes=target.max_bytes)], run
    )
    atheris.Fuzz()


def _run_quietly(read: Callable[[bytes], object], data: bytes) -> None:
    with contextlib.suppress(Exception):  # if it is a finding, it is one when it is fuzzed too
        read(data)


def executions(said: str) -> int:
    """Return how many inputs were run, by what libFuzzer printed."""
    counts = _EXECUTED.findall(said) or _DONE.findall(said)
    return int(counts[-1]) if counts else 0


def problem(said: str, code: int) -> str:
    """Return what was found, in one line; empty if the run ended as it should."""
    if code == 0:
        return ""
    raised = _RAISED.search(said)
    if raised is not None:
        return raised[1][:300]
    told = re.search(r"ERROR: libFuzzer: (.+)", said)
    return told[1][:300] if told is not None else f"the process ended with {code}: {said[-200:]!r}"


def artifacts(folder: Path) -> list[Path]:
    """Return the inputs that libFuzzer has left as findings."""
    return [path for kind in ("crash", "timeout", "oom") for path in folder.glob(f"finding-{kind}-*")]
