"""Registers many token ids, and keeps on the disk which ones are."""

from __future__ import annotations

import secrets
from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.api.token_file import TokenFile, append
from liveform.errors import FieldError, VendorError
from liveform.parameters.lookup import vendor_table
from liveform.text_cells import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from liveform.rest.resources import Tokens

PER_REQUEST: Final = 500  # vendor page TOKP
NOT_AN_ID: Final = "not_an_id"  # in place of the vendor's reason, for what is not sent
_RANDOM_BYTES: Final = 16


class RunResult(NamedTuple):
    """What a run came to.

    Attributes:
        registered: how many ids are registered, with those of earlier runs on the same file.
        failed: how many of this run are not.
        codes: how often each reason came.
    """

    registered: int
    failed: int
    codes: Counter[str]

    def reasons(self) -> str:
        """Return the reasons for people."""
        return ", ".join(f"{code}: {number:,}" for code, number in self.codes.most_common())


def random_ids() -> Iterator[str]:
    """Yield token ids of 128 random bits: 32 of the 8 to 64 letters and digits that are allowed (TOK)."""
    while True:
        yield secrets.token_hex(_RANDOM_BYTES)


class TokenRun:
    """Sends token ids in requests of 500. A request that fails is left out; the second in a row ends the run.

    Args:
        tokens: ``client.tokens``.
        output: the file of the registered ids; None keeps none.
        errors: the file of those that failed: id, tab, reason; None keeps none.
        resume: whether ``output`` goes on where it ends.

    Raises:
        FieldError: a file cannot be used.
    """

    def __init__(self, tokens: Tokens, *, output: Path | None, errors: Path | None, resume: bool) -> None:
        self._tokens = tokens
        self._file = None if output is None else TokenFile(output, resume=resume)
        self._errors = errors
        self._codes: Counter[str] = Counter()
        self._not_ids: list[tuple[str, str]] = []
        self._before = [] if self._file is None else self._file.registered
        self._registered = len(self._before)
        self._error: VendorError | None = None  # of the last request
        # Random ids that may be registered, or not: nobody else knows them, so they are sent until they are.
        self._open: dict[str, None] = {} if self._file is None else dict.fromkeys(self._file.pending)

    def go(self, token_ids: Iterable[str], *, count: int | None, report: Callable[[int], None]) -> RunResult:
        """Register ids until there are ``count``, or all of them.

        Args:
            token_ids: those to register. Those that an earlier run registered are left out.
            count: None takes all; else they are random ones, and ``output`` must be there. All of an earlier
                run that may be registered come first.
            report: called with how many are done.

        Raises:
            VendorError: the vendor ended the run; the text says how many are registered.
        """
        wanted: Iterator[str]
        if count is None:
            done = set(self._before)
            wanted = (one for one in self._among(token_ids) if one not in done)
        else:
            more = count - self._registered - len(self._open)
            wanted = chain(list(self._open), islice(token_ids, max(0, more)))
        while portion := list(islice(wanted, PER_REQUEST)):
            self._register(portion, keep=count is not None)
            report(self._registered)
        self._keep_errors(self._not_ids)
        if self._error is not None and self._registered == len(self._before):
            raise self._ended(self._error)
        return RunResult(self._registered, self._codes.total(), self._codes)

    def _among(self, texts: Iterable[str]) -> Iterator[str]:
        """Yield those that may be ids. ``undefined`` would open the form to every broken link of a page."""
        for text in texts:
            if _may_be_id(text):
                yield text
            else:
                self._codes[NOT_AN_ID] += 1
                self._not_ids.append((text, NOT_AN_ID))

    def _register(self, portion: list[str], *, keep: bool) -> None:
        if self._file is not None and keep:
            self._open.update(dict.fromkeys(portion))
            self._file.begin(list(self._open))
        result = self._tokens.register(portion, stop_on_error=True)
        if result.error is None:
            failed = {one.position: one.code for one in result.failed}
        else:
            failed = dict.fromkeys(range(len(portion)), str(result.error.code))
        good = [token_id for position, token_id in enumerate(portion) if position not in failed]
        bad = [(portion[position], code) for position, code in failed.items()]
        self._registered += len(good)
        self._codes.update(failed.values())
        self._keep_errors([*self._not_ids, *bad])
        self._not_ids.clear()
        for token_id in good:
            self._open.pop(token_id, None)
        if self._file is not None:
            self._file.commit(good, pending=list(self._open))
        if result.error is not None and self._error is not None:
            raise self._ended(result.error)  # the second in a row: the next would fail too
        self._error = result.error

    def _keep_errors(self, failed: Iterable[tuple[str, str]]) -> None:
        lines = [f"{token_id}\t{code}" for token_id, code in failed]
        if self._errors is not None and lines:
            append(self._errors, lines, option="--errors")

    def _ended(self, error: VendorError) -> VendorError:
        so_far = f"{error.problem}; {self._registered:,} token ids are registered"
        return VendorError(
            so_far if self._file is None else f"{so_far} and in the file, and --resume goes on from there",
            reason=error.reason,
            status=error.status,
            code=error.code,
            retry_after_s=error.retry_after_s,
        )


def _may_be_id(text: str) -> bool:
    """Whether a text is none of those that ``batch`` refuses in a column of token ids."""
    parameter = vendor_table().by_name("token_id")
    try:
        return parameter is not None and bool(read_text(parameter, text))
    except FieldError:
        return False
