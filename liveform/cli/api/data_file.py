"""Personal data for the vendor comes from a file or stdin, since others can see a command line."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from liveform.cli import inputs
from liveform.errors import FieldError, MalformedError
from liveform.wire.encoding import MAX_TEXT_CHARS, text_of
from liveform.wire.json_object import read_object

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

MAX_IMAGE_BYTES: Final = (
    50 * 2**20
)  # the vendor's limit is not documented; this keeps a mistake out of memory
_GIVEN_BESIDE: Final = ("admin", "submission_id")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def add_data(sub: ArgumentParser, *, about: str) -> None:
    """Add ``--data``, which is required."""
    sub.add_argument("--data", metavar="FILE", required=True, help=f"{about}; - reads it from stdin")


def read_data(arguments: Namespace) -> dict[str, Any]:
    """Return the members of ``--data`` by the names of Python's arguments: ``fullName`` is ``full_name``.

    Raises:
        FieldError: it is not one JSON object, names a member twice, or has one that is given beside it.
    """
    try:
        text = inputs.read_stdin() if arguments.data == "-" else _text(arguments.data)
        members = read_object(text.strip())
    except (MalformedError, OSError, ValueError) as error:
        problem = str(error) if isinstance(error, MalformedError) else "cannot be read as JSON in UTF-8"
        raise FieldError("--data", problem) from None
    named: dict[str, Any] = {}
    for name, value in members.items():
        argument = _HUMP.sub(r"_\1", name).lower()
        if argument in _GIVEN_BESIDE:
            raise FieldError("--data", f"must not hold {argument}, which is given beside it")
        if argument in named:
            raise FieldError("--data", f"has {argument} in two spellings")
        named[argument] = value
    return named


@contextmanager
def blaming_data() -> Iterator[None]:
    """Name ``--data`` in the error of a field that came from it."""
    try:
        yield
    except FieldError as error:
        raise FieldError("--data", f"{error.field}: {error.problem}") from None


def read_bytes(option: str, path: str) -> bytes:
    """Return the bytes of an image file.

    Raises:
        FieldError: it cannot be read, or is larger than ``MAX_IMAGE_BYTES``.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_IMAGE_BYTES + 1)
    except (OSError, ValueError):
        raise FieldError(option, "cannot be read") from None
    if len(content) > MAX_IMAGE_BYTES:
        raise FieldError(option, f"is larger than {MAX_IMAGE_BYTES:,} bytes")
    return content


def _text(path: str) -> str:
    with Path(path).open("rb") as file:
        content = file.read(MAX_TEXT_CHARS + 1)
    if len(content) > MAX_TEXT_CHARS:
        raise MalformedError(f"holds more than {MAX_TEXT_CHARS} bytes")
    return text_of(content)
