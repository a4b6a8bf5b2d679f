"""100,000 token ids against a simulator that fails now and then: none is lost, and none counts twice.

``Client`` does the whole number, and ``AsyncClient``, whose steps are the same, a fifth of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from liveform.rest import TokenProgress
from tests.contract.clients import Caller, Waits, caller
from tests.contract.simulated import project, sandbox_of
from webhelper.simulator.sandbox.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from webhelper.simulator.sandbox.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
FEW = 10_000
MANY = {"sync": 100_000, "async": 20_000}
TIMEOUT_S = 2.0
PEAK_BYTES = 2 * 2**20
GROWTH_BYTES = 512 * 2**10  # less than a list of 90,000 references has
# About one request in twenty fails: half of these before the simulator has done it, and half after.
FAULTS = (
    Fault(where="rest", kind="status", status=503, times=None, share=0.02, seed=1),
    Fault(where="rest", kind="reset", times=None, share=0.01, seed=2),
    Fault(where="rest", kind="reset", after=True, times=None, share=0.01, seed=3),
    Fault(where="rest", kind="half_body", times=None, share=0.01, seed=4),
    Fault(where="rest", kind="timeout", seconds=1.5 * TIMEOUT_S, after=True, times=1, share=0.1, seed=5),
)


@dataclass(frozen=True)
class TokenIds:
    """Token ids that are made on the way, so that only as many are in memory as a request has."""

    number: int

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[str]:
        return (f"contract-{place:012}" for place in range(self.number))


@dataclass(frozen=True)
class Measured:
    """A run.

    Attributes:
        result: what the client returned.
        seen: what the progress callback got.
        peak: the most bytes that Python objects of this process took.
    """

    result: Any
    seen: list[TokenProgress]
    peak: int


def measured(call: Caller, number: int) -> Measured:
    """Register token ids, and measure the memory that this takes."""
    seen: list[TokenProgress] = []
    tracemalloc.start()
    result = call(lambda client: client.tokens.register(TokenIds(number), progress=seen.append))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Measured(result, seen, peak)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    """Return the state of a simulator, in a file that the process of the server shares."""
    one = sandbox_of("plain", tmp_path / "sandbox.db")
    for fault in FAULTS:
        one.faults.add(fault)
    yield one
    one.close()


@pytest.fixture
def api_url(sandbox: Sandbox, tmp_path: Path) -> Iterator[str]:
    """Return the address of a simulator in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.token_server", str(tmp_path / "sandbox.db")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(["", *sys.path])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a pipe is missing")
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(timeout=30)


@pytest.fixture(params=MANY)
def kind(request: pytest.FixtureRequest) -> str:
    """Return the name of each client."""
    name: str = request.param
    return name


@pytest.fixture
def call(kind: str, api_url: str) -> Iterator[Caller]:
    """Return a caller of each client, which does not wait before it sends something again."""
    with caller(
        is_async=kind == "async",
        waits=Waits(),
        api_key=project("plain").expose_api_key(),
        base_url=api_url,
        timeout=TIMEOUT_S,
        max_retries=4,
    ) as one:
        yield one


def registered(sandbox: Sandbox) -> list[str]:
    """Return all token ids in the simulator's file."""
    pid, found, after = project("plain").pid, [], ("", "")
    while page := sandbox.token_ids.page(pid, after=after, limit=10_000):
        found += [one.token_id for one in page]
        after = (page[-1].registered_at or "", page[-1].token_id)
    return found


def test_no_token_id_is_lost_or_counted_twice(kind: str, call: Caller, sandbox: Sandbox) -> None:
    """100,000 token ids are all registered although requests fail; memory does not grow with their number."""
    total = MANY[kind]
    few, many = measured(call, FEW), measured(call, total)
    assert (many.result.registered, many.result.failed, many.result.error) == (total, (), None)
    assert (many.result.resume_from, many.result.pool_size) == (total, total)
    assert sorted(registered(sandbox)) == list(TokenIds(total))

    done = [one.done for one in many.seen]
    assert done == sorted(set(done))
    assert many.seen[-1] == TokenProgress(total, total, 0)

    requests = sandbox.requests.newest()
    failed = sum(one.fault is not None for one in requests)
    assert 0.03 < failed / len(requests) < 0.12
    assert {one.fault for one in requests} >= {None, "timeout"}
    assert not any(one.ignored for one in requests)

    assert many.peak < PEAK_BYTES
    assert many.peak - few.peak < GROWTH_BYTES


def test_no_token_id_is_left_by_a_deletion(call: Caller, sandbox: Sandbox) -> None:
    """Token ids are all gone although requests fail; each counts once, as deleted or not found."""
    call(lambda client: client.tokens.register(TokenIds(FEW)))
    gone = call(lambda client: client.tokens.delete(TokenIds(FEW)))
    assert (gone.deleted + gone.not_found, gone.failed, gone.error) == (FEW, (), None)
    assert gone.complete
    assert registered(sandbox) == []
