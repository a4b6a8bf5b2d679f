"""The file of registered token ids, which a killed run leaves complete."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from liveform.errors import FieldError
from liveform.rest.sending.files import write_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class TokenFile:
    """FILE has the registered ids, one a line; FILE.pending those of the request that is under way.

    An id is in one of them before the vendor gets it. The vendor takes an id that it has already (TOKP), so
    that a run that goes on may send the pending ones again.

    Args:
        path: FILE.
        resume: whether it may be there already.

    Raises:
        FieldError: FILE is there without ``resume``, or cannot be read or written.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        self._path = path
        self._pending = path.with_name(f"{path.name}.pending")
        try:
            if not resume:
                with path.open("xb"):
                    pass
            self.registered: list[str] = _ids(path)
            self.pending: list[str] = [one for one in _ids(self._pending) if one not in set(self.registered)]
        except FileExistsError:
            raise FieldError("--output", "is there already; --resume goes on where it ends") from None
        except (OSError, ValueError):
            raise FieldError("--output", "cannot be read and written") from None

    def begin(self, token_ids: Sequence[str]) -> None:
        """Keep the ids of a request before it is sent."""
        write_file(self._pending, _lines(token_ids))

    def commit(self, token_ids: Sequence[str], *, pending: Sequence[str]) -> None:
        """Append the ids that the vendor has registered; ``pending`` ones may be registered, or not."""
        append(self._path, token_ids, option="--output")
        if pending:
            self.begin(pending)
        else:
            self._pending.unlink(missing_ok=True)


def append(path: Path, lines: Sequence[str], *, option: str) -> None:
    """Append lines to a file, and return once they are on the disk.

    Raises:
        FieldError: the file cannot be written; ``option`` names it.
    """
    try:
        with path.open("ab") as file:
            file.write(_lines(lines))
            file.flush()
            os.fsync(file.fileno())
    except (OSError, ValueError):
        raise FieldError(option, "cannot be written") from None


def _ids(path: Path) -> list[str]:
    """The ids of a file. A last line without its end was being written when the run was killed."""
    if not path.exists():
        return []
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    return whole.decode("ascii").split()


def _lines(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
