"""Tests of liveform.cli.batch.writing.parquet: types are kept, and parts are joined."""

from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from liveform import ConfigError, FieldError
from liveform.cli.batch.formats import open_source, output_for
from liveform.cli.batch.rows import Row
from liveform.cli.batch.writing import parquet as writing
from liveform.cli.batch.writing.parquet import ParquetRows

URL = "https://form.argosidentity.com/?pid=a"


def copied(source_path: Path, output_path: Path, **options: Any) -> Any:
    """Return the table of a copy in which every row has a URL."""
    with closing(open_source(source_path)) as source:
        written = output_for(output_path, source, **{"keep": None, "url_column": "url"} | options)
        output = written.open(output_path.with_suffix(".part"), 0)
        for chunk in source.chunks():
            rows = chunk.rows()
            output.add(written.encode(rows, [URL] * len(rows)))
        output.commit()
        output.close()
        output.finish(output_path)
    return parquet.read_table(output_path)


def test_types_of_columns_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parquet keeps the types and the values of its columns, those that Python cannot hold too."""  # B10
    monkeypatch.setattr(writing, "PART_ROWS", 2_000)
    count = 5_005
    table = pa.table(
        {
            "when": [datetime(2026, 1, 1, tzinfo=UTC)] * count,
            "exactly": pa.array([1] * count, pa.timestamp("ns")),
            "on_mars": pa.array([1] * count, pa.timestamp("us", tz="Mars/Phobos")),
            "price": [Decimal("1.10")] * count,
            "tags": [["a", "b"]] * (count - 1) + [None],
            "n": range(count),
        }
    )
    parquet.write_table(table, tmp_path / "in.parquet")
    written = copied(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert written.drop_columns("url") == table
    assert set(written["url"].to_pylist()) == {URL}


def test_other_formats_become_text(tmp_path: Path) -> None:
    """A file made from another format holds text only, and nothing for what is missing."""
    (tmp_path / "in.jsonl").write_text('{"a": 5, "b": [1]}\n{"b": "x"}\n')
    written = copied(tmp_path / "in.jsonl", tmp_path / "out.parquet", keep=["b", "a"])
    assert written.to_pydict() == {"b": ["[1]", "x"], "a": ["5", None], "url": [URL, URL]}


def test_file_without_rows_is_a_parquet_file(tmp_path: Path) -> None:
    """A CSV file without rows becomes a Parquet file with its columns and the URL's."""
    (tmp_path / "in.csv").write_text("a,b\n")
    written = copied(tmp_path / "in.csv", tmp_path / "out.parquet")
    assert (written.num_rows, written.column_names) == (0, ["a", "b", "url"])


def test_rows_without_a_url_are_left_out() -> None:
    """A row without a URL is not written, and a chunk without any makes no row."""
    written = ParquetRows(("a",), "url", None)
    rows = [Row(("a",), ("1",)), Row(("a",), ("2",))]
    assert written.encode(rows, [None, "u"]).to_pydict() == {"a": ["2"], "url": ["u"]}
    assert written.encode(rows, [None, None]).num_rows == 0


def test_stdout_is_refused() -> None:
    """A Parquet file cannot be a stream."""  # B18
    with pytest.raises(FieldError, match="--format: of a stream cannot be parquet"):
        ParquetRows((), "url", None).stream()


def test_without_pyarrow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the output is refused before the first row, with the name of the extra."""  # B14
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"liveform\[parquet\]"):
        ParquetRows((), "url", None)
