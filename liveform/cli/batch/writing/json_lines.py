"""Rows with their URLs as JSON Lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from liveform.cli.batch.writing.cell_texts import json_member, json_text
from liveform.cli.batch.writing.output import StreamOutput, TextOutput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from liveform.cli.batch.rows import Row


class JsonLines:
    """Lines with an object each, and in it the URL as the last member.

    Args:
        columns: what is kept; None keeps all of each row.
        url_column: the name of the member of the URL.
        as_it_came: whether an object stays as it was read, to the last digit, but for the URL.
    """

    def __init__(self, columns: Sequence[str] | None, url_column: str, *, as_it_came: bool) -> None:
        self._columns = columns
        self._url_column = url_column
        self._as_it_came = as_it_came
        self._name = json.dumps(url_column, ensure_ascii=False)

    def encode(self, rows: Sequence[Row], urls: Sequence[str | None]) -> bytes:
        """Return the lines of those that have a URL, in UTF-8."""
        built = zip(rows, urls, strict=True)
        return "".join([self._line(row, url) for row, url in built if url is not None]).encode()

    def _line(self, row: Row, url: str) -> str:
        if self._as_it_came and row.text is not None:
            comma = "," if row.columns else ""
            return f'{row.text[:-1]}{comma}{self._name}:"{url}"}}\n'
        named = dict(zip(row.columns, row.cells, strict=False))  # behind a header may be empty cells
        columns = row.columns if self._columns is None else self._columns
        kept = {column: json_member(named[column]) for column in columns if column in named}
        return json_text({**kept, self._url_column: url}) + "\n"

    def open(self, path: Path, mark: int) -> TextOutput:
        """Return the file in the making."""
        return TextOutput(path, mark)

    def stream(self) -> StreamOutput:
        """Return stdout."""
        return StreamOutput()
