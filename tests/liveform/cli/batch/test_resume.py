"""Tests that a batch killed at any moment ends, once run again, like one that was not."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from liveform import FieldError, Project
from liveform.batch import RowBuilder
from liveform.cli.batch.building import ChunkBuilder, Codes
from liveform.cli.batch.formats import open_source, output_for
from liveform.cli.batch.journal import Progress
from liveform.cli.batch.qr_files import Drawing, QrFiles, file_name
from liveform.cli.batch.reading import csv_rows, json_lines, xlsx
from liveform.cli.batch.reading import parquet as parquet_reading
from liveform.cli.batch.rows import rows_of
from liveform.cli.batch.run import Files, Run

# ECB, so that the same row has the same URL in every run.
PROJECT = Project("abc123de45", key="an example of a key", cipher="ecb")
ROWS = 20
WRONG = (4, 5, 13)
EMAILS = ["wrong" if number in WRONG else f"u{number}@b.c" for number in range(1, ROWS + 1)]


class Killed(BaseException):
    """A sign that the process was killed: nothing but ``finally`` runs after it."""


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "CHUNK_CHARS", 32)
    monkeypatch.setattr(json_lines, "CHUNK_BYTES", 110)
    monkeypatch.setattr(xlsx, "CHUNK_ROWS", 3)
    monkeypatch.setattr(parquet_reading, "CHUNK_ROWS", 3)


@pytest.fixture(params=[".csv", ".jsonl", ".parquet"])
def ending(request: pytest.FixtureRequest) -> str:
    """Return each ending of an output file in turn."""
    name: str = request.param
    return name


def table(folder: Path, name: str = "in.csv") -> Path:
    """Return the path of a file of twenty rows, three of them wrong, in the format of its name."""
    path = folder / name
    columns = {"userid": [f"u{number}" for number in range(1, ROWS + 1)], "email": EMAILS}
    rows = list(zip(*columns.values(), strict=True))
    text = "".join(["userid,email\n", *[f"{userid},{email}\n" for userid, email in rows]])
    if name == "in.csv":
        path.write_text(text)
    elif name == "in.csv.gz":
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    elif name == "in.jsonl":
        path.write_text("".join(json.dumps(dict(zip(columns, row, strict=True))) + "\n" for row in rows))
    elif name == "in.parquet":
        parquet.write_table(pa.table(columns), path)
    else:
        book = openpyxl.Workbook()
        for row in [tuple(columns), *rows]:
            book.worksheets[0].append(row)
        book.save(path)
    return path


def run(
    folder: Path,
    ending: str,
    *,
    name: str = "in.csv",
    codes: bool = False,
    jobs: int = 1,
    fingerprint: str = "same",
) -> Run:
    """Return a run that commits after each chunk."""
    source = open_source(folder / name)
    builder = RowBuilder(PROJECT)
    if source.columns is not None:
        builder.use_header(source.columns)
    output = folder / f"out{ending}"
    keep = None if source.columns is not None else ["userid", "email"]
    return ClosedAfterwards(
        source=source,
        maker=ChunkBuilder(
            builder,
            output_for(output, source, keep=keep, url_column="url"),
            Codes(partial(file_name, "userid", "svg"), Drawing("svg").draw) if codes else None,
        ),
        files=Files(output=output, errors=folder / "errors.csv"),
        fingerprint=fingerprint,
        codes=QrFiles(folder / "codes", "userid") if codes else None,
        jobs=jobs,
        clock=count().__next__,
    )


class ClosedAfterwards(Run):
    """A run that closes its input at the end, as the command does."""

    def go(self) -> Progress:
        """Return the progress of the finished run, with its input closed."""
        with closing(self.source):
            return super().go()


def everything(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def killing(monkeypatch: pytest.MonkeyPatch, at: int) -> Iterator[int]:
    """Raise Killed before or after the nth sync, rename or deletion; return the count of calls."""
    calls = count(1)

    def dying(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            number = next(calls)
            if number == at and at % 2:
                raise Killed
            result = real(*args, **kwargs)
            if number == at:
                raise Killed
            return result

        return call

    monkeypatch.setattr(os, "fsync", dying(os.fsync))
    for name in ("replace", "unlink"):
        monkeypatch.setattr(Path, name, dying(getattr(Path, name)))
    return calls


@pytest.mark.parametrize("codes", [False, True], ids=["urls", "codes"])
def test_run_that_is_killed_anywhere_ends_as_one_that_was_not(
    tmp_path: Path, ending: str, codes: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run killed at any sync, rename or deletion leaves the usual files once it is run again."""
    whole = tmp_path / "whole"
    whole.mkdir()
    table(whole)
    done = run(whole, ending, codes=codes).go()
    assert (done.rows, done.refused) == (ROWS, len(WRONG))
    expected = everything(whole)
    assert {"in.csv", f"out{ending}", "errors.csv"} <= set(expected)
    assert len(expected) == (3 + ROWS - len(WRONG) if codes else 3)
    for moment in count(1):
        folder = tmp_path / str(moment)
        folder.mkdir()
        shutil.copy2(whole / "in.csv", folder)
        with monkeypatch.context() as patch:
            killing(patch, moment)
            try:
                run(folder, ending, codes=codes).go()
            except Killed:
                died = True
            else:
                died = False
        if not died:
            break
        if (folder / f"out{ending}.progress").exists() or not (folder / f"out{ending}").exists():
            run(folder, ending, codes=codes).go()
        (folder / f"out{ending}.lock").unlink(missing_ok=True)  # of one that had ended but for this
        assert everything(folder) == expected, moment
    assert moment > 20


@pytest.mark.parametrize("name", ["in.jsonl", "in.parquet", "in.xlsx", "in.csv.gz"])
def test_run_over_any_format_goes_on_where_it_was(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run over any format goes on behind its last commit, and ends as if never killed."""  # B5
    for folder in ("whole", "killed"):
        (tmp_path / folder).mkdir()
        table(tmp_path / folder, name)
    done = run(tmp_path / "whole", ".csv", name=name).go()
    assert (done.rows, done.refused) == (ROWS, len(WRONG))
    assert done.chunks > 3
    with monkeypatch.context() as patch:
        killing(patch, 13)
        with pytest.raises(Killed):
            run(tmp_path / "killed", ".csv", name=name).go()
    begun = json.loads((tmp_path / "killed" / "out.csv.progress").read_bytes())
    assert 0 < begun["chunks"] < done.chunks
    run(tmp_path / "killed", ".csv", name=name).go()
    whole, killed = everything(tmp_path / "whole"), everything(tmp_path / "killed")
    assert {path: killed[path] for path in killed if path != name} == {
        path: whole[path] for path in whole if path != name
    }


def test_run_that_is_killed_again_and_again_comes_to_its_end(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed at every ninth file operation still ends, with each row once."""
    table(tmp_path)
    for _ in range(60):
        with monkeypatch.context() as patch:
            killing(patch, 9)
            try:
                run(tmp_path, ending).go()
            except Killed:
                continue
        break
    else:
        pytest.fail("it never ended")
    assert set(everything(tmp_path)) == {"in.csv", f"out{ending}", "errors.csv"}
    with closing(open_source(tmp_path / f"out{ending}")) as source:
        rows = [*rows_of(source)]
    assert [dict(zip(row.columns, row.cells, strict=True))["userid"] for row in rows] == [
        f"u{number}" for number in range(1, ROWS + 1) if number not in WRONG
    ]


def test_run_in_several_processes_writes_the_same(tmp_path: Path, ending: str) -> None:
    """A run in two processes writes the same files as a run in one."""
    for name, jobs in (("one", 1), ("two", 2)):
        (tmp_path / name).mkdir()
        table(tmp_path / name)
        run(tmp_path / name, ending, codes=True, jobs=jobs).go()
    one, two = everything(tmp_path / "one"), everything(tmp_path / "two")
    assert one == two


def test_run_with_other_settings_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was killed does not go on with another fingerprint."""
    table(tmp_path)
    with monkeypatch.context() as patch:
        killing(patch, 9)
        with pytest.raises(Killed):
            run(tmp_path, ".csv").go()
    with pytest.raises(FieldError, match="other options; --overwrite"):
        run(tmp_path, ".csv", fingerprint="another").go()


def test_run_whose_output_was_cut_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run does not go on if its output is shorter than its last commit says."""
    table(tmp_path)
    with monkeypatch.context() as patch:
        killing(patch, 15)
        with pytest.raises(Killed):
            run(tmp_path, ".csv").go()
    os.truncate(tmp_path / "out.csv.part", 10)
    with pytest.raises(FieldError, match="shorter than it was"):
        run(tmp_path, ".csv").go()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"rows": 1}', b"\xff"])
def test_journal_that_cannot_be_read_is_told(tmp_path: Path, damage: bytes) -> None:
    """A run with a damaged journal is refused with the advice to use ``--overwrite``."""
    table(tmp_path)
    (tmp_path / "out.csv.progress").write_bytes(damage)
    with pytest.raises(FieldError, match=r"cannot be read.*--overwrite"):
        run(tmp_path, ".csv").go()


@pytest.mark.parametrize(
    ("other", "goes_on"),
    [
        (Project("abc123de45", key="an example of a key", cipher="ecb"), True),
        (Project("abc123de45", key="another key", cipher="ecb"), False),
        (Project("abc123de45", key="an example of a key", cipher="gcm"), False),
        (Project("abc123de45"), False),
        (
            Project("abc123de45", key="another key", previous_keys=["an example of a key"], cipher="ecb"),
            False,
        ),
    ],
)
def test_run_goes_on_with_the_same_key_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Project, goes_on: bool
) -> None:
    """A run goes on only with the key and cipher that it was begun with."""
    table(tmp_path)
    with monkeypatch.context() as patch:
        killing(patch, 9)
        with pytest.raises(Killed):
            run(tmp_path, ".csv").go()
    assert "an example of a key" not in (tmp_path / "out.csv.progress").read_text()
    monkeypatch.setattr(sys.modules[__name__], "PROJECT", other)
    if goes_on:
        assert run(tmp_path, ".csv").go().rows == ROWS
    else:
        with pytest.raises(FieldError, match="OUT: was begun with another key; --overwrite begins again"):
            run(tmp_path, ".csv").go()


def test_run_without_a_key_goes_on_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a project without a key goes on without one."""
    table(tmp_path)
    monkeypatch.setattr(sys.modules[__name__], "PROJECT", Project("abc123de45"))
    with monkeypatch.context() as patch:
        killing(patch, 9)
        with pytest.raises(Killed):
            run(tmp_path, ".csv").go()
    assert run(tmp_path, ".csv").go().rows == ROWS


def running(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("jobs", [1, 2])
def test_command_that_is_killed_by_the_system_goes_on(jobs: int, tmp_path: Path) -> None:
    """A command killed by SIGKILL takes its other processes with it, and goes on when run again."""
    rows = 60_000
    path = tmp_path / "in.csv"
    path.write_text("userid\n" + "".join(f"u{number}\n" for number in range(rows)))
    environment = {
        **os.environ,
        "LIVEFORM_PID": "abc123de45",
        "LIVEFORM_KEY": "an example of a key",
        "LIVEFORM_CIPHER": "ecb",
    }
    command = [sys.executable, "-m", "liveform.cli", "batch", str(path), str(tmp_path / "out.csv")]
    command += ["--jobs", str(jobs)]
    code = (
        "from liveform.cli.batch import run; run.COMMIT_EVERY_S = 0.0; from liveform.cli import run as r; r()"
    )
    first = subprocess.Popen([sys.executable, "-c", code, *command[3:]], env=environment)
    journal = tmp_path / "out.csv.progress"
    while first.poll() is None and not (journal.exists() and json.loads(journal.read_bytes())["rows"]):
        time.sleep(0.001)
    workers_of = Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text().split()
    assert len(workers_of) == jobs - 1
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    assert journal.exists()
    give_up = time.monotonic() + 10
    while any(running(int(pid)) for pid in workers_of):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    lines = (tmp_path / "out.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == [f"u{number}" for number in range(rows)]
    assert set(everything(tmp_path)) == {"in.csv", "out.csv"}
