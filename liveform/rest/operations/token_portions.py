"""Many token ids in requests of at most 500, in constant memory (apart from those that failed).

A request that fails does not lose the others: its token ids are listed, and the run goes on, except where
every further request would fail too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sized
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from liveform.errors import FieldError, VendorError
from liveform.rest.operations.arguments import Whole
from liveform.rest.values.token import FailedToken, TokenProgress, TokenReport, TokenSummary
from liveform.rest.values.token_details import codes_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from liveform.rest.operation import Operation, Steps

PER_REQUEST: Final = 500  # vendor page TOKP
_START: Final = Whole(0, sys.maxsize)
_FORM: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")  # vendor page TOK
_LEAST_CHARS: Final = 8
_MOST_CHARS: Final = 64
# These are about the project and not about one request, so that the next request would fail too.
_ENDING_CODES: Final = frozenset(("token_limit_exceeded", "invalid_project", "invalid_path"))
_ENDING_STATUSES: Final = frozenset((401, 403))
# The vendor refuses a deletion of token ids that are all gone (vendor page TOKD): after a lost answer, too.
_NONE_FOUND: Final = "token_id_not_found"
_NOT_FOUND: Final = frozenset(("notFound", "not_found"))

Progress: TypeAlias = Callable[[TokenProgress], object]


@dataclass(slots=True)
class Run:
    """What a run has come to.

    Attributes:
        position: the first one that is not done.
        done: how many before it were done.
        not_found: how many before it the vendor did not know.
        pool_size: how many the vendor has now, if it said so.
        failed: those before it that failed.
        error: what ended the run early.
    """

    position: int
    done: int = 0
    not_found: int = 0
    pool_size: int | None = None
    failed: list[FailedToken] = field(default_factory=list)
    error: VendorError | None = None

    def add(self, count: int, summary: TokenSummary | None) -> None:
        """Count the token ids of a request that did not fail, by the summary in its answer."""
        missing = min(max((None if summary is None else summary.not_found) or 0, 0), count)
        self.not_found += missing
        self.done += count - missing
        if summary is not None and summary.current_count is not None:
            self.pool_size = summary.current_count


@dataclass(frozen=True, slots=True)
class _Portion:
    """The next token ids: those to send, by position, and those that cannot be right."""

    good: dict[int, str]
    bad: list[FailedToken]


def in_portions(
    token_ids: Iterable[str],
    send: Callable[[list[str]], Operation[TokenReport]],
    *,
    start: int,
    stop_on_error: bool,
    progress: Progress | None,
) -> Steps[Run]:
    """Send token ids in portions, and return how far that came.

    Args:
        token_ids: any iterable of them.
        send: makes the operation of one request.
        start: how many to skip.
        stop_on_error: whether the first failed request ends the run.
        progress: called after each portion.
    """
    run = Run(_START.check("start", start))
    if progress is not None and not callable(progress):
        raise FieldError("progress", "must be a function of a TokenProgress, or None")
    total = len(token_ids) if isinstance(token_ids, Sized) else None
    for portion in _portions(token_ids, start):
        failed = portion.bad
        if portion.good:
            try:
                report = yield send(list(portion.good.values()))
            except VendorError as error:
                none_found = error.code == _NONE_FOUND
                if not none_found and (stop_on_error or _ends_the_run(error)):
                    run.error = _without_frames(error)
                    break
                if none_found:
                    run.add(len(portion.good), TokenSummary(not_found=len(portion.good)))
                else:
                    failed = failed + _failed_as(error.code, portion.good)
            else:
                refused = _refused(portion.good, report)
                failed = failed + refused
                run.add(len(portion.good) - len(refused), report.summary)
        run.failed += sorted(failed, key=_position)
        run.position += len(portion.good) + len(portion.bad)
        if progress is not None:
            progress(TokenProgress(run.position, total, len(run.failed)))
    return run


def _portions(token_ids: object, start: int) -> Iterator[_Portion]:
    if not isinstance(token_ids, Iterable) or isinstance(token_ids, str | bytes | Mapping):
        raise FieldError("token_ids", "must be a list or another iterable of text")
    waiting = islice(enumerate(token_ids), start, None)
    while taken := list(islice(waiting, PER_REQUEST)):
        faults = {position: _fault(token_id) for position, token_id in taken}
        yield _Portion(
            good={position: token_id for position, token_id in taken if faults[position] is None},
            bad=[
                FailedToken(position, code, token_id if isinstance(token_id, str) else None)
                for position, token_id in taken
                if (code := faults[position]) is not None
            ],
        )


def _fault(token_id: object) -> str | None:
    """The code that the vendor would answer with (vendor page TOKP); None for a right token id."""
    if not isinstance(token_id, str):
        return "invalid_token_id"
    if not _LEAST_CHARS <= len(token_id) <= _MOST_CHARS:
        return "invalid_token_id_length"
    return None if _FORM.fullmatch(token_id) else "invalid_token_id_format"


def _refused(good: Mapping[int, str], report: TokenReport) -> list[FailedToken]:
    """Those of a request that failed. If the answer counts more than it names, all others may be one."""
    codes = codes_by_id(report.details, frozenset(good.values()), skip=_NOT_FOUND)
    named = [FailedToken(position, codes[one], one) for position, one in good.items() if one in codes]
    counted = None if report.summary is None else report.summary.failed
    if (counted is None and report.success is False and not named) or (counted or 0) > len(named):
        others = {position: one for position, one in good.items() if one not in codes}
        return named + _failed_as("unclear", others)
    return named


def _failed_as(code: str, token_ids: Mapping[int, str]) -> list[FailedToken]:
    return [FailedToken(position, code, token_id) for position, token_id in token_ids.items()]


def _position(failed: FailedToken) -> int:
    return failed.position


def _ends_the_run(error: VendorError) -> bool:
    return error.reason == "limit" or error.code in _ENDING_CODES or error.status in _ENDING_STATUSES


def _without_frames(error: VendorError) -> VendorError:
    """The error without the frames of the call, which hold the key and the token ids."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
