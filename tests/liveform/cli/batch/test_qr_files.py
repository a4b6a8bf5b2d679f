"""Tests of the QR files and the worker processes of a batch."""

import multiprocessing
from pathlib import Path
from types import SimpleNamespace

import pytest
import resvg_py
from scanning import codes_in

from liveform import ConfigError, FieldError, Project
from liveform.batch import RowBuilder
from liveform.cli.batch import workers
from liveform.cli.batch.qr_files import Drawing, QrFiles
from liveform.cli.batch.readers import Row
from liveform.cli.batch.workers import ChunkBuilder, Refusal, build_in_order

URL = "https://form.argosidentity.com/?pid=abc123de45&userid=u"


def staged(folder: Path, *names: object) -> QrFiles:
    """Return a folder in which codes with these names are staged."""
    codes = QrFiles(folder / "codes", "svg", "name")
    for number, name in enumerate(names, 1):
        codes.stage(number, Row(("name",), (name,)), b"code")
    return codes


def names(folder: Path) -> list[str]:
    """Return the sorted names of the files in the folder of codes."""
    return sorted(path.name for path in (folder / "codes").iterdir())


def test_code_counts_when_it_is_committed(tmp_path: Path) -> None:
    """A code has a hidden name with its row number until it is committed."""
    codes = staged(tmp_path, "store-17", 18)
    assert names(tmp_path) == [".000000000001-store-17.svg", ".000000000002-18.svg"]
    codes.commit()
    assert names(tmp_path) == ["18.svg", "store-17.svg"]


def test_codes_that_were_staged_are_put_in_place_or_deleted(tmp_path: Path) -> None:
    """Staged codes of committed rows get their names, and later ones are deleted."""
    staged(tmp_path, "a", "b")
    (tmp_path / "codes" / ".keep").touch()
    QrFiles(tmp_path / "codes", "svg", "name").begin(1)
    assert names(tmp_path) == [".keep", "a.svg"]


def test_folder_with_files_is_refused_at_the_beginning(tmp_path: Path) -> None:
    """A run that begins refuses a folder of codes that is not empty."""
    staged(tmp_path, "a").commit()
    with pytest.raises(FieldError, match="must be empty"):
        QrFiles(tmp_path / "codes", "svg", "name").begin(0)


@pytest.mark.parametrize("name", ["", None, True, [], ".a", "a.", "a/b", "..", "a b", "é", "x" * 101, "a\n"])
def test_cell_that_names_no_file_is_refused(tmp_path: Path, name: object) -> None:
    """A cell that is empty, hidden, a path, not ASCII or over 100 characters is not a file name."""
    with pytest.raises(FieldError, match="name: names no file"):
        staged(tmp_path, name)
    assert names(tmp_path) == []


def test_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """A code name that is taken, also in other case, is refused, and the first code stays."""
    codes = staged(tmp_path, "a")
    with pytest.raises(FieldError, match="is there already"):
        codes.stage(2, Row(("name",), ("A",)), b"other")
    codes.commit()
    with pytest.raises(FieldError, match="is there already"):
        codes.stage(3, Row(("name",), ("a",)), b"other")
    assert (tmp_path / "codes" / "a.svg").read_bytes() == b"code"


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A folder of codes cannot be made where a file has its name."""
    (tmp_path / "codes").touch()
    with pytest.raises(FieldError, match="--qr-dir: cannot be made"):
        QrFiles(tmp_path / "codes", "svg", "name")


def test_drawing_is_read_by_another_program() -> None:
    """A code drawn as PNG or as SVG is read by zxing-cpp."""
    png, svg = Drawing("png").draw(URL), Drawing("svg").draw(URL)
    assert png.startswith(b"\x89PNG")
    assert codes_in(png) == [URL]
    assert codes_in(bytes(resvg_py.svg_to_bytes(svg_string=svg.decode(), width=400))) == [URL]


def maker() -> ChunkBuilder:
    """Return a builder of plain URLs for chunks of rows."""
    return ChunkBuilder(RowBuilder(Project("abc123de45")))


def rows(count: int) -> list[Row]:
    """Return ``count`` rows, of which every tenth has a problem."""
    return [
        Row(("userid",), (f"u{number}",), problem="is wrong" if number % 10 == 0 else None)
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_keep_their_order_and_their_results(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and their results come out in order, from one process or from two."""
    monkeypatch.setattr(workers, "SENT_ROWS", 7)
    made = [*build_in_order(maker(), iter(rows(100)), jobs)]
    assert [row for chunk, _ in made for row in chunk] == rows(100)
    urls = [url for _, result in made for url in result.urls]
    assert urls[9::10] == [Refusal("row", "is wrong")] * 10
    assert urls[0] == f"{URL}1"


@pytest.mark.parametrize("jobs", [1, 2])
def test_rows_are_read_only_a_little_ahead(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most two chunks for each job are read ahead of the results."""
    monkeypatch.setattr(workers, "CHUNK_ROWS", 10)
    monkeypatch.setattr(workers, "SENT_ROWS", 10)
    read_rows = 0

    def counted() -> object:
        nonlocal read_rows
        for row in rows(1_000):
            read_rows += 1
            yield row

    for done, _ in enumerate(build_in_order(maker(), counted(), jobs), 1):  # type: ignore[arg-type]
        assert read_rows <= 10 * done + 10 * 2 * jobs


def test_worker_makes_with_the_maker_that_it_was_born_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker builds with the builder of the process that forked it, so keys are never sent."""
    monkeypatch.setattr(workers, "_adopted", [])
    workers._adopt(maker())  # in a process that has no parent to end with
    made = workers._make([tuple(row) for row in rows(10)])
    assert made.urls[0] == f"{URL}1"
    assert made.urls[9] == Refusal("row", "is wrong")


def test_several_processes_need_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """``--jobs`` must be 1 on a system without fork."""
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with pytest.raises(ConfigError, match="--jobs: must be 1"):
        next(build_in_order(maker(), iter(rows(1)), 2))


def test_row_of_another_length_than_its_header_is_refused() -> None:
    """A row with more cells than its header is refused with the right number."""
    builder = RowBuilder(Project("abc123de45"))
    with pytest.raises(FieldError, match="row: must have 1 cells"):
        builder.cells_url(("userid",), ["u", "v"])


def test_worker_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker waits for its parent to end, and only then exits."""
    steps: list[object] = []
    monkeypatch.setattr("os._exit", steps.append)
    workers._end_with(SimpleNamespace(join=lambda: steps.append("the parent has ended")))  # type: ignore[arg-type]
    assert steps == ["the parent has ended", 1]
