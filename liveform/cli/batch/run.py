"""From one file to the other: rows are read, made into URLs, added to the output, and committed."""

from __future__ import annotations

import csv
import io
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final, Self

from liveform.cli.batch.journal import Journal, Progress
from liveform.cli.batch.lock import only_run
from liveform.cli.batch.workers import Refusal, build_in_order
from liveform.cli.batch.writers import commit, open_at
from liveform.errors import FieldError, LiveformError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from liveform.cli.batch.qr_files import QrFiles
    from liveform.cli.batch.readers import Row, Source
    from liveform.cli.batch.workers import BuiltChunk, ChunkBuilder
    from liveform.cli.batch.writers import Output

COMMIT_EVERY_S: Final = 1.0
_ERRORS_HEADER: Final = b"row,field,problem\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where a run writes: the output, and beside it what is there only while or if it is needed."""

    output: Path
    errors: Path

    @property
    def part(self) -> Path:
        """The output in the making."""
        return self.output.with_name(self.output.name + ".part")

    @property
    def progress(self) -> Path:
        """The journal."""
        return self.output.with_name(self.output.name + ".progress")

    @property
    def lock(self) -> Path:
        """Held by the run that is writing."""
        return self.output.with_name(self.output.name + ".lock")

    def check(self, others: Mapping[str, Path], *, overwrite: bool) -> None:
        """Return if each file has a place of its own, and none that is there already would be lost.

        Args:
            others: what the command reads or writes beside these, by what it is called.
            overwrite: whether what another run has written may be lost.

        Raises:
            FieldError: which file, and why.
        """
        places = {**others, "OUT": self.output, "--errors": self.errors}
        places.update({path.name: path for path in (self.part, self.progress, self.lock)})
        taken: dict[Path, str] = {}
        for name, path in places.items():
            other = taken.setdefault(_real(name, path), name)
            if other is not name:
                raise FieldError(name, f"is {other}")
        if overwrite or self.progress.exists():
            return
        for name in ("OUT", "--errors", "--sheet"):
            if name in places and places[name].exists():
                raise FieldError(name, "is there already; --overwrite begins again")

    def forget(self) -> None:
        """Forget a run that was begun; a finished output stays until the next one takes its place."""
        self.progress.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over a table.

    Attributes:
        source: the rows.
        maker: makes URLs of them.
        files: where they go.
        open_output: opens the output at a mark.
        fingerprint: of all settings.
        codes: where QR codes go; None for none.
        jobs: how many processes work.
        report: called with the progress after each chunk.
        clock: seconds.
    """

    source: Source
    maker: ChunkBuilder
    files: Files
    open_output: Callable[[Path, int], Output]
    fingerprint: str
    codes: QrFiles | None = None
    jobs: int = 1
    report: Callable[[Progress], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic

    def go(self) -> Progress:
        """Begin, or go on where the last run was committed; return the count at the end.

        Raises:
            FieldError: a file cannot be written, is being written by another run, or was begun with other
                settings or another key.
            MalformedError: the input cannot be read to its end; what was done is committed.
        """
        with only_run(self.files.lock):
            return self._go(Journal(self.files.progress))

    def _go(self, journal: Journal) -> Progress:
        progress = self._begun(journal)
        if not progress.complete:
            with _Writing(self, journal, progress) as writing:
                rows = islice(self.source.rows(), progress.rows, None)
                for chunk, made in build_in_order(self.maker, rows, self.jobs):
                    writing.add(chunk, made)
            progress = writing.progress
        if self.files.part.exists():
            self.open_output(self.files.part, progress.output_mark).finish(self.files.output)
        if not progress.refused:
            self.files.errors.unlink(missing_ok=True)
        journal.remove()
        return progress

    def _begun(self, journal: Journal) -> Progress:
        """How far the last run came; or a new beginning, which is noted before there is any other file."""
        builder, progress = self.maker.builder, journal.read()
        if progress is None:
            progress = Progress(fingerprint=self.fingerprint, key_check=builder.key_check())
        elif progress.fingerprint != self.fingerprint:
            raise FieldError("OUT", "was begun with another input or other options; --overwrite begins again")
        elif not builder.has_key_of(progress.key_check):
            raise FieldError("OUT", "was begun with another key; --overwrite begins again")
        if self.codes is not None:
            self.codes.begin(progress.rows)
        if not progress.rows:
            journal.write(progress)
        return progress


class _Writing:
    """The open files of a run. They are committed every second, and when they are left in good order."""

    def __init__(self, run: Run, journal: Journal, progress: Progress) -> None:
        self.progress = progress
        self._run = run
        self._journal = journal
        with ExitStack() as opened:
            self._output = run.open_output(run.files.part, progress.output_mark)
            opened.callback(self._output.close)
            self._errors = open_at(run.files.errors, progress.errors_mark)
            opened.callback(self._errors.close)
            if not progress.errors_mark:
                self._errors.write(_ERRORS_HEADER)
            self._opened = opened.pop_all()
        self._last = run.clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._opened:
            if kind is None or issubclass(kind, LiveformError):
                self._commit(complete=kind is None)

    def add(self, rows: list[Row], made: BuiltChunk) -> None:
        """Add the next rows, with what was made of them."""
        urls = self._with_codes(rows, made) if self._run.codes is not None else made.urls
        first = self.progress.rows + 1
        refused = [(number, *url) for number, url in enumerate(urls, first) if isinstance(url, Refusal)]
        self._output.add([(row, url) for row, url in zip(rows, urls, strict=True) if isinstance(url, str)])
        if refused:
            self._errors.write(_csv(refused))
        self.progress = replace(
            self.progress,
            rows=self.progress.rows + len(urls),
            refused=self.progress.refused + len(refused),
        )
        self._run.report(self.progress)
        if self._run.clock() - self._last >= COMMIT_EVERY_S:
            self._commit()

    def _with_codes(self, rows: list[Row], made: BuiltChunk) -> list[str | Refusal]:
        """The URLs, whose codes are staged; or refusals, where a code cannot be kept."""
        urls = made.urls.copy()
        for index, (row, url, drawing) in enumerate(zip(rows, made.urls, made.drawings, strict=True)):
            if isinstance(url, str) and self._run.codes is not None:
                try:
                    self._run.codes.stage(self.progress.rows + 1 + index, row, drawing)
                except FieldError as error:
                    urls[index] = Refusal(error.field, error.problem)
        return urls

    def _commit(self, *, complete: bool = False) -> None:
        """First the files, then the journal, then the codes: each can be made good from the one before."""
        self.progress = replace(
            self.progress,
            output_mark=self._output.commit(),
            errors_mark=commit(self._errors),
            complete=complete,
        )
        self._journal.write(self.progress)
        if self._run.codes is not None:
            self._run.codes.commit()
        self._last = self._run.clock()


def _real(name: str, path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # RuntimeError: links that lead in a circle
        raise FieldError(name, "is no name of a file") from None


def _csv(rows: list[tuple[int, str, str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
