"""Tests of a run over many token ids, with a pool that answers without a server."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from liveform.cli.api.token_run import TokenRun
from liveform.errors import VendorError
from liveform.rest.values.token import TokenRegistration

IDS = [f"token-id-{number:04}" for number in range(1_500)]


class Pool:
    """``client.tokens`` whose requests fail where the test says so.

    Args:
        failures: which requests fail, from 0.
    """

    def __init__(self, *failures: int) -> None:
        self.failures = failures
        self.requests: list[list[str]] = []

    def register(self, token_ids: Iterable[str], *, stop_on_error: bool) -> TokenRegistration:
        """Register the ids, or fail as one."""
        self.requests.append(list(token_ids))
        if len(self.requests) - 1 in self.failures:
            error = VendorError("no", reason="refused", status=400, code="token_limit_exceeded")
            return TokenRegistration(error=error)
        return TokenRegistration(registered=len(self.requests[-1]), resume_from=len(self.requests[-1]))


def run(pool: Pool, output: Path | None, *, count: int | None = None) -> Any:
    """Register the ids in the pool."""
    made = TokenRun(cast("Any", pool), output=output, errors=None, resume=False)
    return made.go(iter(IDS), count=count, report=lambda _: None)


@pytest.mark.parametrize(("failures", "requests"), [((0, 1), 2), ((1, 2), 3), ((0, 1, 2), 2)])
def test_second_failed_request_in_a_row_ends_a_run(
    failures: tuple[int, ...], requests: int, tmp_path: Path
) -> None:
    """Where two requests in a row fail, the next would too, so the run ends with the error."""
    pool = Pool(*failures)
    with pytest.raises(VendorError, match="token ids are registered and in the file") as caught:
        run(pool, tmp_path / "ids", count=len(IDS))
    assert len(pool.requests) == requests
    assert (caught.value.code, caught.value.status, caught.value.reason) == (
        "token_limit_exceeded",
        400,
        "refused",
    )


def test_failed_requests_apart_are_counted(tmp_path: Path) -> None:
    """One failed request between others does not end a run; its ids are counted with the reason."""
    result = run(Pool(0, 2), tmp_path / "ids", count=len(IDS))
    assert (result.registered, result.failed, result.reasons()) == (500, 1_000, "token_limit_exceeded: 1,000")
    assert (tmp_path / "ids.pending").read_text().split() == IDS[:500] + IDS[1_000:]


def test_run_that_registers_nothing_is_an_error() -> None:
    """A run whose only request fails is an error, which tells the number."""
    with pytest.raises(VendorError, match=r"^no; 0 token ids are registered$"):
        TokenRun(cast("Any", Pool(0)), output=None, errors=None, resume=False).go(
            IDS[:3], count=None, report=lambda _: None
        )
