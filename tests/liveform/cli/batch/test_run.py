"""Tests of liveform.cli.batch.run: when a run commits, where it goes on, and what it leaves."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from liveform import FieldError, MalformedError, Project
from liveform.batch import RowBuilder
from liveform.cli.batch.building import ChunkBuilder, Codes
from liveform.cli.batch.formats import open_source, output_for
from liveform.cli.batch.journal import Journal, Progress
from liveform.cli.batch.qr_files import Drawing, QrFiles, file_name
from liveform.cli.batch.reading import csv_rows
from liveform.cli.batch.run import Files, Run

PROJECT = Project("abc123de45")
URL = "https://form.argosidentity.com/?pid=abc123de45&userid="


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "CHUNK_CHARS", 30)


class Clock:
    """A clock whose seconds pass when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the seconds that the clock shows."""
        return self.now


def still(_: Progress) -> None:
    """Report nothing, and let no time pass."""


def write_rows(folder: Path, *, rows: int = 20, wrong: tuple[int, ...] = (), end: str = "") -> None:
    """Write ``in.csv`` in rows of ten characters, with wrong e-mail addresses in some, and ``end`` behind."""
    lines = [f"u{number:02},{'wrong' if number in wrong else '     '}\n" for number in range(1, rows + 1)]
    (folder / "in.csv").write_text("userid,email\n" + "".join(lines) + end)


def files_in(folder: Path) -> Files:
    """Return the files that a run in this folder writes."""
    return Files(output=folder / "out.csv", errors=folder / "errors.csv")


def committed(folder: Path) -> Progress | None:
    """Return the progress that the journal in a folder holds."""
    return Journal(files_in(folder).progress).read()


def go(
    folder: Path,
    *,
    project: Project = PROJECT,
    fingerprint: str = "same",
    clock: Callable[[], float] = lambda: 0.0,
    report: Callable[[Progress], None] = still,
    codes: bool = False,
) -> Progress:
    """Return the progress of a run over ``in.csv``, as the command does it."""
    with closing(open_source(folder / "in.csv")) as source:
        builder = RowBuilder(project)
        builder.use_header(source.columns or ())
        files = files_in(folder)
        run = Run(
            source=source,
            maker=ChunkBuilder(
                builder,
                output_for(files.output, source, keep=["userid"], url_column="url"),
                Codes(partial(file_name, "userid", "svg"), Drawing("svg").draw) if codes else None,
            ),
            files=files,
            fingerprint=fingerprint,
            codes=QrFiles(folder / "codes", "userid") if codes else None,
            clock=clock,
            report=report,
        )
        return run.go()


def break_off(folder: Path) -> None:
    """Leave a run of 18 rows behind, whose input broke off in row 21."""
    write_rows(folder, wrong=(4, 13), end='"u21\n')
    with pytest.raises(MalformedError, match="line 22"):
        go(folder)


def names(folder: Path) -> set[str]:
    """Return the names of the files in a folder."""
    return {path.name for path in folder.iterdir()}


def interrupt_at_row_9(folder: Path, *, codes: bool = False) -> None:
    """Run, with a second for two reports, until the user interrupts behind the ninth row."""
    clock = Clock()

    def report(progress: Progress) -> None:
        clock.now += 0.5
        if progress.rows == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(folder, clock=clock, report=report, codes=codes)


@pytest.mark.parametrize(
    ("chunk_s", "commits"),
    [
        (0.0, [0, 0, 0, 0, 0, 0, 0]),
        (0.25, [0, 0, 0, 0, 12, 12, 12]),
        (0.5, [0, 0, 6, 6, 12, 12, 18]),
        (0.999, [0, 0, 6, 6, 12, 12, 18]),
        (1.0, [0, 3, 6, 9, 12, 15, 18]),
        (60.0, [0, 3, 6, 9, 12, 15, 18]),
    ],
)
def test_run_commits_once_a_second_and_at_its_end(tmp_path: Path, chunk_s: float, commits: list[int]) -> None:
    """A run commits at the first chunk that ends a second or more after the last commit."""
    write_rows(tmp_path)
    clock = Clock()
    seen: list[int] = []

    def report(_: Progress) -> None:
        clock.now += chunk_s
        so_far = committed(tmp_path)
        assert so_far is not None
        seen.append(so_far.rows)

    done = go(tmp_path, clock=clock, report=report)
    assert seen == commits
    assert (done.rows, done.complete) == (20, True)


def test_run_commits_marks_at_the_ends_of_its_files(tmp_path: Path) -> None:
    """A commit holds the lengths of output and errors, and the files are that long on the disk."""
    write_rows(tmp_path, wrong=(1, 8))
    clock = Clock()
    seen = []

    def report(_: Progress) -> None:
        clock.now += 1
        so_far = committed(tmp_path)
        assert so_far is not None
        if so_far.rows:
            sizes = [(tmp_path / name).stat().st_size for name in ("out.csv.part", "errors.csv")]
            assert sizes == [so_far.output_mark, so_far.errors_mark]
            assert not so_far.complete
        seen.append((so_far.rows, so_far.refused))

    go(tmp_path, clock=clock, report=report)
    assert seen == [(0, 0), (3, 1), (6, 1), (9, 2), (12, 2), (15, 2), (18, 2)]


def test_run_reports_each_chunk_with_the_rows_before_and_in_it(tmp_path: Path) -> None:
    """A run reports its progress once for every chunk of rows."""
    write_rows(tmp_path, wrong=(1, 8, 20))
    told: list[tuple[int, int]] = []
    go(tmp_path, report=lambda progress: told.append((progress.rows, progress.refused)))
    assert told == [(3, 1), (6, 1), (9, 2), (12, 2), (15, 2), (18, 2), (20, 3)]


def test_run_whose_input_breaks_off_commits_what_was_done(tmp_path: Path) -> None:
    """Rows before a break in the input are committed, though a second has not passed."""
    break_off(tmp_path)
    so_far = committed(tmp_path)
    assert so_far is not None
    assert (so_far.rows, so_far.refused, so_far.complete) == (18, 2, False)
    part, errors = (tmp_path / "out.csv.part").read_bytes(), (tmp_path / "errors.csv").read_bytes()
    assert (so_far.output_mark, so_far.errors_mark) == (len(part), len(errors))
    rows = [f"u{number:02},{URL}u{number:02}" for number in range(1, 19) if number not in (4, 13)]
    assert part.decode().splitlines() == ["userid,url", *rows]
    assert names(tmp_path) == {"in.csv", "errors.csv", "out.csv.part", "out.csv.progress"}


def test_run_that_is_interrupted_commits_nothing_more(tmp_path: Path) -> None:
    """A run that the user interrupts keeps only the rows of its last commit."""
    write_rows(tmp_path)
    interrupt_at_row_9(tmp_path)
    so_far = committed(tmp_path)
    assert so_far is not None
    assert so_far.rows == 6


def test_run_goes_on_behind_the_last_commit(tmp_path: Path) -> None:
    """A run that goes on makes no row twice, and leaves the files of an uninterrupted one."""
    break_off(tmp_path)
    with (tmp_path / "out.csv.part").open("ab") as part, (tmp_path / "errors.csv").open("ab") as errors:
        part.write(b"not committed")
        errors.write(b"not committed")
    write_rows(tmp_path, wrong=(4, 13))
    told: list[int] = []
    done = go(tmp_path, report=lambda progress: told.append(progress.rows))
    assert (told, done.rows, done.refused) == ([20], 20, 2)
    rows = [f"u{number:02},{URL}u{number:02}" for number in range(1, 21) if number not in (4, 13)]
    assert (tmp_path / "out.csv").read_text().splitlines() == ["userid,url", *rows]
    assert (tmp_path / "errors.csv").read_text().splitlines() == [
        "\ufeffrow,line,field,problem",
        "4,5,email,must be an e-mail address",
        "13,14,email,must be an e-mail address",
    ]
    assert names(tmp_path) == {"in.csv", "errors.csv", "out.csv"}


def test_run_that_had_only_to_be_put_in_place_reads_no_row(tmp_path: Path) -> None:
    """A run that was complete when it was killed only renames its output, and reads no row."""
    write_rows(tmp_path, wrong=(4,))
    go(tmp_path)
    (tmp_path / "out.csv").rename(tmp_path / "out.csv.part")
    sizes = [(tmp_path / name).stat().st_size for name in ("out.csv.part", "errors.csv")]
    complete = Progress(
        fingerprint="same", rows=20, refused=1, output_mark=sizes[0], errors_mark=sizes[1], complete=True
    )
    Journal(files_in(tmp_path).progress).write(complete)
    write_rows(tmp_path, rows=50)
    assert go(tmp_path) == complete
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 20
    assert names(tmp_path) == {"in.csv", "errors.csv", "out.csv"}


def test_run_without_a_refused_row_leaves_only_its_output(tmp_path: Path) -> None:
    """A run in which every row has a URL leaves no file of errors."""
    write_rows(tmp_path)
    assert go(tmp_path).refused == 0
    assert names(tmp_path) == {"in.csv", "out.csv"}


def test_run_begun_with_other_settings_is_refused(tmp_path: Path) -> None:
    """A run does not go on with what other settings have begun."""
    break_off(tmp_path)
    before = (tmp_path / "out.csv.part").read_bytes()
    problem = r"^OUT: was begun with another input or other options; --overwrite begins again$"
    with pytest.raises(FieldError, match=problem):
        go(tmp_path, fingerprint="another")
    assert (tmp_path / "out.csv.part").read_bytes() == before


def test_run_begun_with_another_key_is_refused(tmp_path: Path) -> None:
    """A run does not go on with what another key has begun."""
    break_off(tmp_path)
    keyed = Project("abc123de45", key="an example of a key", cipher="ecb")
    with pytest.raises(FieldError, match=r"^OUT: was begun with another key; --overwrite begins again$"):
        go(tmp_path, project=keyed)


def test_run_puts_codes_in_place_with_the_commit_of_their_rows(tmp_path: Path) -> None:
    """A code gets its name when its row is committed, and a row with a taken name is refused."""
    write_rows(tmp_path, rows=7, wrong=(2,))
    text = (tmp_path / "in.csv").read_text().replace("u05,", "u01,")
    (tmp_path / "in.csv").write_text(text)
    clock = Clock()
    in_place: list[int] = []

    def report(_: Progress) -> None:
        clock.now += 0.5
        in_place.append(sum(not name.startswith(".") for name in names(tmp_path / "codes")))

    done = go(tmp_path, clock=clock, report=report, codes=True)
    assert (done.rows, done.refused, in_place) == (7, 2, [0, 0, 4])
    assert names(tmp_path / "codes") == {f"u{number:02}.svg" for number in (1, 3, 4, 6, 7)}
    assert (tmp_path / "errors.csv").read_text().splitlines()[1:] == [
        "2,3,email,must be an e-mail address",
        '5,6,userid,"names a file that another row has, in upper or lower case"',
    ]


def test_run_that_goes_on_makes_good_its_codes(tmp_path: Path) -> None:
    """A run that goes on renames the codes of committed rows and draws all others again."""
    write_rows(tmp_path)
    interrupt_at_row_9(tmp_path, codes=True)
    folder = tmp_path / "codes"
    staged = {f".{number:012}-u{number:02}.svg" for number in (7, 8, 9)}
    assert names(folder) == {f"u{number:02}.svg" for number in range(1, 7)} | staged
    (folder / "u06.svg").rename(folder / ".000000000006-u06.svg")  # killed just behind the journal
    assert go(tmp_path, codes=True).refused == 0
    assert names(folder) == {f"u{number:02}.svg" for number in range(1, 21)}


def test_run_begun_in_a_folder_with_other_codes_is_refused(tmp_path: Path) -> None:
    """A run does not mix its codes with files that are there already."""
    write_rows(tmp_path)
    (tmp_path / "codes").mkdir()
    (tmp_path / "codes" / "u01.svg").touch()
    with pytest.raises(FieldError, match=r"^--qr-dir: must be empty at the beginning$"):
        go(tmp_path, codes=True)


def test_run_holds_its_lock_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    """A run holds the lock of its output for as long as it writes."""
    write_rows(tmp_path)
    locked: list[bool] = []
    go(tmp_path, report=lambda _: locked.append((tmp_path / "out.csv.lock").exists()))
    assert locked == [True] * 7
    assert not (tmp_path / "out.csv.lock").exists()


def test_files_of_a_run_lie_beside_its_output(tmp_path: Path) -> None:
    """The temporary files of a run are beside its output and have its name."""
    files = files_in(tmp_path)
    assert [files.part, files.progress, files.lock] == [
        tmp_path / f"out.csv.{ending}" for ending in ("part", "progress", "lock")
    ]


@pytest.mark.parametrize(
    ("errors", "others", "refusal"),
    [
        ("out.csv", {}, "--errors: is OUT"),
        ("sub/../out.csv", {}, "--errors: is OUT"),
        ("link.csv", {}, "--errors: is OUT"),
        ("out.csv.part", {}, "out.csv.part: is --errors"),
        ("out.csv.progress", {}, "out.csv.progress: is --errors"),
        ("out.csv.lock", {}, "out.csv.lock: is --errors"),
        ("errors.csv", {"IN": "out.csv"}, "OUT: is IN"),
        ("errors.csv", {"IN": "in.csv", "--sheet": "in.csv"}, "--sheet: is IN"),
        ("loop", {}, "--errors: is not the name of a file"),
        ("errors\0.csv", {}, "--errors: is not the name of a file"),
    ],
)
def test_files_that_share_a_place_are_refused(
    tmp_path: Path, errors: str, others: dict[str, str], refusal: str
) -> None:
    """No two files of a run may be the same file, however their paths are written."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.csv").symlink_to("out.csv")
    (tmp_path / "loop").symlink_to("loop")
    files = replace(files_in(tmp_path), errors=tmp_path / errors)
    with pytest.raises(FieldError) as caught:
        files.check({name: tmp_path / path for name, path in others.items()}, overwrite=True)
    assert str(caught.value) == refusal


@pytest.mark.parametrize(
    ("lost", "field"), [("out.csv", "OUT"), ("errors.csv", "--errors"), ("sheet.html", "--sheet")]
)
def test_files_that_are_there_already_are_kept_unless_told(tmp_path: Path, lost: str, field: str) -> None:
    """Existing files are replaced only with ``--overwrite`` or by going on with their run."""
    files = files_in(tmp_path)
    others = {"IN": tmp_path / "in.csv", "--sheet": tmp_path / "sheet.html"}
    write_rows(tmp_path)
    files.check(others, overwrite=False)
    (tmp_path / lost).touch()
    with pytest.raises(FieldError) as caught:
        files.check(others, overwrite=False)
    assert str(caught.value) == f"{field}: is there already; --overwrite begins again"
    files.check(others, overwrite=True)
    files.progress.touch()
    files.check(others, overwrite=False)


def test_files_that_forget_a_run_keep_its_output(tmp_path: Path) -> None:
    """To forget a run deletes its journal and nothing else."""
    files = files_in(tmp_path)
    for path in (files.output, files.errors, files.part, files.progress):
        path.touch()
    files.forget()
    files.forget()
    assert names(tmp_path) == {"out.csv", "errors.csv", "out.csv.part"}
