"""A QR code for each row, as a file named by one of its columns."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from liveform.errors import FieldError, shown
from liveform.text_cells import meant_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveform.cli.batch.rows import Row

Kind: TypeAlias = Literal["svg", "png"]

MAX_NAME_BYTES: Final = 200  # of the 255 that file systems have, with room for the number in front

_NAME: Final = re.compile(r"\w(?:[\w.-]*[\w-])?")
_STAGED: Final = re.compile(r"\.([0-9]{12})-(.*)")


class Drawing(NamedTuple):
    """How a code is drawn."""

    kind: Kind

    def draw(self, url: str) -> bytes:
        """Return the file of a URL's code."""
        from liveform.qr import make_qr

        code = make_qr(url)
        return code.to_svg().encode() if self.kind == "svg" else code.to_png()


def file_name(column: str, kind: Kind, row: Row) -> str:
    """Return the name of the file of a row's code.

    Args:
        column: the column that names it.
        kind: its ending.
        row: the row.

    Raises:
        FieldError: the row's cell is not a file name, or not readable.
    """
    value = row.readable(column)
    stem = "" if value is None or isinstance(value, bool | list | dict) else meant_text(str(value))
    stem = unicodedata.normalize("NFC", stem)
    if not _NAME.fullmatch(stem) or len(stem.encode()) > MAX_NAME_BYTES:
        problem = "must be a file name: letters and digits of any language, - _ and . inside, up to 200 bytes"
        raise FieldError(shown(column), problem)
    return f"{stem}.{kind}"


class QrFiles:
    """A folder of codes. Like the rows of the output, they count when they are committed.

    Until then a file is staged: its name begins with a dot and the number of its row. A run that
    goes on after a kill first puts in place what was committed, and deletes the rest. Two names that differ
    in case only are the same, as they are on Windows and macOS.

    Args:
        folder: made if it is missing.
        column: the column that names the files.
    """

    def __init__(self, folder: Path, column: str) -> None:
        self.folder = folder
        self._column = column
        self._staged: list[Path] = []
        self._taken: set[int] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError):
            raise FieldError("--qr-dir", "cannot be made") from None

    def begin(self, rows: int) -> None:
        """Put in place what was staged by the first ``rows`` rows, and delete what was staged behind them.

        Raises:
            FieldError: no row is done, and there are files already; all of them stay.
        """
        left = list(self._left())
        if rows == 0 and len(left) < len(list(self.folder.iterdir())):
            raise FieldError("--qr-dir", "must be empty at the beginning")
        for path, row, name in left:
            if row <= rows:
                path.replace(self.folder / name)
            else:
                path.unlink()
        self._taken = {_same(path.name) for path in self.folder.iterdir()}

    def _left(self) -> Iterator[tuple[Path, int, str]]:
        for path in sorted(self.folder.iterdir()):
            staged = _STAGED.fullmatch(path.name)
            if staged is not None:
                yield path, int(staged[1]), staged[2]

    def stage(self, number: int, name: str, code: bytes) -> None:
        """Write the code of a row.

        Raises:
            FieldError: another row has taken the name.
        """
        if _same(name) in self._taken:
            raise FieldError(shown(self._column), "names a file that another row has, in upper or lower case")
        path = self.folder / f".{number:012}-{name}"
        path.write_bytes(code)
        self._staged.append(path)
        self._taken.add(_same(name))

    def commit(self) -> None:
        """Put the staged files in place; their rows are in the journal by now."""
        for path in self._staged:
            path.replace(self.folder / path.name.partition("-")[2])
        self._staged.clear()


def _same(name: str) -> int:
    """What names have in common that are one file on some systems; a number, for there may be millions."""
    return hash(unicodedata.normalize("NFC", name).casefold())
