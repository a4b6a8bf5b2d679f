"""From one file to the other: rows are read, made into URLs, added to the output, and committed."""

from __future__ import annotations

import time
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, TYPE_CHECKING, Final, Self

from liveform.cli.batch.journal import Journal, NoJournal, Progress
from liveform.cli.batch.lock import only_run
from liveform.cli.batch.workers import build_in_order
from liveform.cli.batch.writing.errors_file import RefusedRow, errors_header, errors_lines
from liveform.cli.batch.writing.output import check_folder, commit, open_at, open_new
from liveform.errors import FieldError, LiveformError
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from liveform.cli.batch.building import BuiltChunk, ChunkBuilder, Drawn
    from liveform.cli.batch.qr_files import QrFiles
    from liveform.cli.batch.rows import Source
    from liveform.cli.batch.writing.output import Output

COMMIT_EVERY_S: Final = 1.0

_WRITTEN: Final = {"OUT", "--errors", "--sheet"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where a run writes: the output, and beside it what is there only while or if it is needed.

    Attributes:
        output: the output; ``-`` if that is stdout.
        errors: the rows without a URL.
        is_stream: whether the output is stdout.
    """

    output: Path
    errors: Path
    is_stream: bool = False

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

    def _places(self) -> dict[str, Path]:
        """Each file by what it is called."""
        if self.is_stream:
            return {"--errors": self.errors}
        besides = {path.name: path for path in (self.part, self.progress, self.lock)}
        return {"OUT": self.output, "--errors": self.errors, **besides}

    def check(self, others: Mapping[str, Path], *, overwrite: bool) -> None:
        """Return if each file has a place of its own, and none that is there already would be lost.

        Args:
            others: what the command reads or writes beside these, by what it is called.
            overwrite: whether what another run has written may be lost.

        Raises:
            FieldError: which file, and why.
        """
        places = {**others, **self._places()}
        taken: dict[Path, str] = {}
        for name, path in places.items():
            other = taken.setdefault(_real(name, path), name)
            if other is not name:
                raise FieldError(name, f"is {other}")
        for name in _WRITTEN & places.keys():
            _check_regular(name, places[name])
        if overwrite or (not self.is_stream and self.progress.exists()):
            return
        for name in sorted(_WRITTEN & places.keys(), reverse=True):
            if places[name].exists():
                which = f", and replaces {printable(str(self.errors))}" if self.is_stream else ""
                raise FieldError(name, f"is there already; --overwrite begins again{which}")

    def forget(self) -> None:
        """Forget a run that was begun; a finished output stays until the next one takes its place.

        Raises:
            FieldError: the refused rows of an earlier stream cannot be deleted.
        """
        if not self.is_stream:
            self.progress.unlink(missing_ok=True)
            return
        try:
            self.errors.unlink(missing_ok=True)
        except OSError:
            raise FieldError("--errors", f"{self.errors.name} cannot be written") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run over a table.

    Attributes:
        source: the rows.
        maker: makes URLs of them, and lines of the output.
        files: where they go.
        fingerprint: of all settings.
        can_go_on: whether the input can be read again after an interruption.
        begins_again: whether what an earlier run has left is forgotten.
        errors_separator: between the cells of the file of refused rows.
        codes: where QR codes go; None for none.
        jobs: how many processes work.
        report: called with the progress after each chunk.
        clock: seconds.
    """

    source: Source
    maker: ChunkBuilder
    files: Files
    fingerprint: str
    can_go_on: bool = True
    begins_again: bool = False
    errors_separator: str = ","
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
        if self.files.is_stream:
            check_folder(self.files.errors, "--errors")
            return self._go(NoJournal(), nullcontext())
        journal = Journal(self.files.progress) if self.can_go_on else NoJournal()
        return self._go(journal, only_run(self.files.lock))

    def _go(self, journal: Journal | NoJournal, lock: AbstractContextManager[None]) -> Progress:
        with lock:
            progress = self._begun(journal)
            if not progress.complete:
                with _Writing(self, journal, progress) as writing:
                    chunks = islice(self.source.chunks(), progress.chunks, None)
                    for made in build_in_order(self.maker, chunks, self.jobs):
                        writing.add(made)
                progress = writing.progress
            if not self.files.is_stream and self.files.part.exists():
                self.open_output(progress.output_mark).finish(self.files.output)
            if not self.files.is_stream and not progress.refused:
                self.files.errors.unlink(missing_ok=True)
            journal.remove()
        return progress

    def open_output(self, mark: int) -> Output:
        """Return the output in the making, cut back to a mark."""
        output = self.maker.output
        return output.stream() if self.files.is_stream else output.open(self.files.part, mark)

    def _begun(self, journal: Journal | NoJournal) -> Progress:
        """How far the last run came; or a new beginning, which is noted before there is any other file."""
        builder, progress = self.maker.builder, None if self.begins_again else journal.read()
        if progress is None:
            progress = Progress(fingerprint=self.fingerprint, key_check=builder.key_check())
        elif progress.fingerprint != self.fingerprint:
            raise FieldError("OUT", "was begun with another input or other options; --overwrite begins again")
        elif not builder.has_key_of(progress.key_check):
            raise FieldError("OUT", "was begun with another key; --overwrite begins again")
        if self.codes is not None:
            self.codes.begin(progress.rows)
        if self.begins_again:
            self.files.forget()  # only now, for options or codes that are wrong must not lose a run
        if not progress.rows:
            journal.write(progress)
        return progress


class _Writing:
    """The open files of a run. They are committed every second, and when they are left in good order."""

    def __init__(self, run: Run, journal: Journal | NoJournal, progress: Progress) -> None:
        self.progress = progress
        self._run = run
        self._journal = journal
        self._errors: IO[bytes] | None = None
        with ExitStack() as opened:
            self._output = run.open_output(progress.output_mark)
            opened.callback(self._output.close)
            if not run.files.is_stream:
                self._errors = opened.enter_context(
                    open_at(run.files.errors, progress.errors_mark, "--errors")
                )
                if not progress.errors_mark:
                    self._errors.write(errors_header(run.errors_separator))
            self._opened = opened.pop_all()
        self._last = run.clock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._opened:
            if kind is None or issubclass(kind, LiveformError):
                self._commit(complete=kind is None)

    def add(self, made: BuiltChunk) -> None:
        """Add what was made of the next chunk."""
        first, unused = self.progress.rows + 1, self.progress.unused
        refused = [RefusedRow(first + one.place, one.line, one.field, one.problem) for one in made.refused]
        if made.encoded is not None:
            self._output.add(made.encoded)
        if self._run.codes is not None:
            refused += self._with_codes(self._run.codes, first, made.drawn)
        if refused:
            self._add_refused(refused)
        self.progress = replace(
            self.progress,
            rows=self.progress.rows + made.rows,
            refused=self.progress.refused + len(refused),
            blank=self.progress.blank + made.blank,
            chunks=self.progress.chunks + 1,
            unused=sorted(made.unused.intersection(made.unused if unused is None else unused)),
        )
        self._run.report(self.progress)
        if self._run.clock() - self._last >= COMMIT_EVERY_S:
            self._commit()

    def _add_refused(self, refused: list[RefusedRow]) -> None:
        """Add rows to the list of refused ones; that of a stream is made now, for streams hold no lock."""
        if self._errors is None:
            self._errors = self._opened.enter_context(open_new(self._run.files.errors, "--errors"))
            self._errors.write(errors_header(self._run.errors_separator))
        self._errors.write(errors_lines(sorted(refused), self._run.errors_separator))

    def _with_codes(self, codes: QrFiles, first: int, drawn: list[Drawn]) -> list[RefusedRow]:
        """Add the rows whose codes can be staged, and return those whose names other rows have."""
        refused = []
        for one in drawn:
            number = first + one.place
            try:
                codes.stage(number, one.name, one.code)
            except FieldError as error:
                refused.append(RefusedRow(number, one.line, error.field, error.problem))
                continue
            self._output.add(one.encoded)
        return refused

    def _commit(self, *, complete: bool = False) -> None:
        """First the files, then the journal, then the codes: each can be made good from the one before."""
        self.progress = replace(
            self.progress,
            output_mark=self._output.commit(),
            errors_mark=0 if self._errors is None else commit(self._errors),
            complete=complete,
        )
        self._journal.write(self.progress)
        if self._run.codes is not None:
            self._run.codes.commit()
        self._last = self._run.clock()


def _check_regular(name: str, path: Path) -> None:
    """Refuse to replace a device, a pipe, or a link, whose target would stay as it was."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        stream = "; - writes to stdout" if name == "OUT" else ""
        problem = "must be a file, not a device, a pipe, a folder or a symbolic link"
        raise FieldError(name, problem + stream)


def _real(name: str, path: Path) -> Path:
    try:
        path.stat()  # from Python 3.13 on, ``resolve`` follows links that lead in a circle without a word
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        raise FieldError(name, "is not the name of a file") from None
    return path.resolve()
