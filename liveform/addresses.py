"""One pipeline of one project: where its URL begins, and what its form takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.encoding import percent_encode
from liveform.fields import Form
from liveform.parameters import Pipeline
from liveform.urls import FORM_PATH, KNOWLEDGE_PATH

if TYPE_CHECKING:
    from liveform.parameters import ParameterTable

_PATHS: Final = {
    Pipeline.ID_DOCUMENT: FORM_PATH,
    Pipeline.KNOWLEDGE: KNOWLEDGE_PATH,
    Pipeline.INJECTION: FORM_PATH,
}
# Projects share forms: there are six for each table and mode.
_form: Final = lru_cache(maxsize=64)(Form)


class Address(NamedTuple):
    """Made once for a project, so that a URL costs only what differs from user to user."""

    start: str  # up to the pid
    encrypting: Form
    plain: Form


def address_of(
    pipeline: Pipeline, *, pid: str, base_url: str, table: ParameterTable, encryption_only: bool
) -> Address:
    """Return the address of a pipeline."""
    return Address(
        start=f"{base_url}{_PATHS[pipeline]}?pid={percent_encode(pid)}",
        encrypting=_form(table, pipeline, encrypt=True, encryption_only=encryption_only),
        plain=_form(table, pipeline, encrypt=False, encryption_only=encryption_only),
    )
