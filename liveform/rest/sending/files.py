"""Files that appear complete or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from liveform.errors import FieldError

StrPath: TypeAlias = str | os.PathLike[str]


def check_target(path: StrPath) -> None:
    """Refuse, before a call is made, a path at which no file can appear.

    Raises:
        FieldError: not a path, its folder is missing, or there is something that is not a file.
    """
    try:
        if not _target(path).parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, "")
    except FieldError:
        raise
    except (OSError, TypeError, ValueError) as error:
        raise _refusal(error) from None


def write_file(path: StrPath, content: bytes) -> None:
    """Write ``content`` to a new file beside ``path``, and then move it there (POSIX rename).

    The file can be read by its owner alone, since it is about a person.

    Raises:
        FieldError: the file cannot be written.
    """
    temporary = None
    try:
        target = _target(path)
        number, temporary = tempfile.mkstemp(prefix=".liveform-", dir=target.parent)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except FieldError:
        raise
    except (OSError, TypeError, ValueError) as error:
        _remove(temporary)
        raise _refusal(error) from None
    except BaseException:
        _remove(temporary)
        raise


def _refusal(error: Exception) -> FieldError:
    reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "not a path"
    return FieldError("path", f"cannot be written: {reason}")


def _target(path: StrPath) -> Path:
    """The path, if a file may take its place: as root, a rename would replace /dev/stdout itself."""
    target = Path(path)
    if "\0" in str(target):
        raise ValueError
    if target.exists() and not target.is_file():
        raise FieldError("path", "cannot be written: only a file can be replaced, and this is something else")
    return target


def _remove(path: str | None) -> None:
    if path is not None:
        with suppress(OSError):
            Path(path).unlink()
