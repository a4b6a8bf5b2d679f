"""A QR code for each row, as a file named by one of its columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from liveform.errors import FieldError, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveform.cli.batch.readers import Row

Kind: TypeAlias = Literal["svg", "png"]

_NAME: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?")
_STAGED: Final = re.compile(r"\.([0-9]{12})-(.*)")


class Drawing(NamedTuple):
    """How a code is drawn."""

    kind: Kind

    def draw(self, url: str) -> bytes:
        """Return the file of a URL's code."""
        from liveform.qr import make_qr

        code = make_qr(url)
        return code.to_svg().encode() if self.kind == "svg" else code.to_png()


class QrFiles:
    """A folder of codes. Like the rows of the output, they count when they are committed.

    Until then a file is staged: its name begins with a dot and the number of its row. A run that
    goes on after a kill first puts in place what was committed, and deletes the rest.

    Args:
        folder: made if it is missing.
        kind: ``"svg"`` or ``"png"``, which is the ending too.
        column: the column that names the files.
    """

    def __init__(self, folder: Path, kind: Kind, column: str) -> None:
        self.folder = folder
        self._kind = kind
        self._column = column
        self._staged: dict[str, Path] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError):
            raise FieldError("--qr-dir", "cannot be made") from None

    def begin(self, rows: int) -> None:
        """Put in place what was staged by the first ``rows`` rows, and delete what was staged behind them.

        Raises:
            FieldError: no row is done, and there are files already.
        """
        for path, row, name in self._left():
            if row <= rows:
                path.replace(self.folder / name)
            else:
                path.unlink()
        if rows == 0 and any(self.folder.iterdir()):
            raise FieldError("--qr-dir", "must be empty at the beginning")

    def _left(self) -> Iterator[tuple[Path, int, str]]:
        for path in sorted(self.folder.iterdir()):
            staged = _STAGED.fullmatch(path.name)
            if staged is not None:
                yield path, int(staged[1]), staged[2]

    def stage(self, number: int, row: Row, drawing: bytes) -> None:
        """Write the code of a row.

        Raises:
            FieldError: the row's cell is not a file name, or another row has taken it.
        """
        value = dict(zip(row.columns, row.cells, strict=True)).get(self._column)
        label = shown(self._column)
        stem = "" if value is None or isinstance(value, bool | list | dict) else str(value)
        if not _NAME.fullmatch(stem):
            raise FieldError(label, "names no file: 1 to 100 of A-Z a-z 0-9 - _ . with no dot at an end")
        name = f"{stem}.{self._kind}"
        if name.lower() in self._staged or (self.folder / name).exists():
            raise FieldError(label, "names a file that is there already")
        path = self.folder / f".{number:012}-{name}"
        path.write_bytes(drawing)
        self._staged[name.lower()] = path

    def commit(self) -> None:
        """Put the staged files in place; their rows are in the journal by now."""
        for path in self._staged.values():
            path.replace(self.folder / path.name.partition("-")[2])
        self._staged.clear()
