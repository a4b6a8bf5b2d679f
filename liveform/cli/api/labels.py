"""Errors of the client name its arguments; the command calls them as they were typed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

_POSITIONAL: Final = frozenset(
    [
        "submission_id",
        "applicant_id",
        "auth_id",
        "resource_id",
        "worklist_id",
        "record_id",
        "record_ids",
        "submission_ids",
        "projection_id",
        "token_id",
        "token_ids",
        "kind",
        "name",
    ]
)
_OTHER_NAMES: Final = {"path": "--output", "user_id": "--userid", "request_type": "--part"}


@contextmanager
def naming_options(arguments: Namespace) -> Iterator[None]:
    """Name the option, or the argument in capitals, in the error of a field."""
    try:
        yield
    except FieldError as error:
        raise FieldError(_label(error.field, arguments), error.problem) from None


def _label(field: str, arguments: Namespace) -> str:
    if field in _OTHER_NAMES:
        return _OTHER_NAMES[field]
    if not hasattr(arguments, field):
        return field
    return field.upper() if field in _POSITIONAL else f"--{field.replace('_', '-')}"
