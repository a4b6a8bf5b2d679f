"""The texts of an Excel workbook, on the disk: its cells name them by number, and there may be millions."""

from __future__ import annotations

from array import array
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SharedStrings:
    """A list of texts that takes eight bytes of memory for each of them.

    Args:
        texts: read one at a time.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by ``close``
        self._ends = array("Q", [0])
        try:
            for text in texts:
                self._ends.append(self._ends[-1] + self._file.write(text.encode("utf-8", "surrogatepass")))
        except BaseException:
            self.close()
            raise

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        begin, end = self._ends[number], self._ends[number + 1]
        self._file.seek(begin)
        return self._file.read(end - begin).decode("utf-8", "surrogatepass")

    def __len__(self) -> int:
        return len(self._ends) - 1

    def close(self) -> None:
        """Delete them."""
        self._file.close()
