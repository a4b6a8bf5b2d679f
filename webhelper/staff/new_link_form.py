"""The console's form for a new link: made from the parameter table, and read as a link request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask_babel import gettext as _

from liveform import PARAMETERS, Parameter, Pipeline, Place
from webhelper.api.parsing import convert_text
from webhelper.links.link_request import LINK_PIPELINES, LinkRequest
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPIRES_IN_S: Final = (900, 3600, 86_400, 604_800, 2_592_000, 7_776_000)
_ASKED: Final = tuple(name for name in LinkRequest.__struct_fields__ if name != "fields")
_SET_BY_THE_LINK: Final = ("start_valid_until", "action")
_KINDS: Final = {"true|false": "flag", "false": "false", "JSON": "structure"}
_STRUCTURE: Final = "structure"
_CHOSEN: Final = ("flag", "false")  # chosen from a list, which shows the allowed values
_ANY_TEXT: Final = "text"


class FieldView(NamedTuple):
    """A field of the form, for one parameter."""

    name: str
    label: str
    about: str
    wants: str
    example: str
    kind: str
    choices: tuple[str, ...] | None
    pipelines: tuple[str, ...]
    encrypted_only: bool


def groups() -> list[tuple[str, list[FieldView]]]:
    """Return the fields of the form, in the groups of the parameter table."""
    found: dict[str, list[FieldView]] = {}
    for row in _rows():
        found.setdefault(_(row.group), []).append(_view(row))
    return list(found.items())


def pipelines() -> list[tuple[str, str]]:
    """Return the forms that a link can open, with their titles."""
    return [
        (Pipeline.ID_DOCUMENT.value, _("ID document")),
        (Pipeline.KNOWLEDGE.value, _("Knowledge")),
        (Pipeline.INJECTION.value, _("More data for a submission")),
    ]


def read_link_request(form: Mapping[str, str]) -> LinkRequest:
    """Return the link request that was filled in.

    Raises:
        FieldError: a value is missing or not allowed; ``.field`` names it.
    """
    members: dict[str, Any] = {name: form[name] for name in _ASKED if form.get(name)}
    if form.get("unlimited"):
        members["max_uses"] = None
    members["fields"] = {
        row.vendor_name: _value(row, form[row.vendor_name]) for row in _rows() if form.get(row.vendor_name)
    }
    return convert_text(members, LinkRequest)


def _rows() -> list[Parameter]:
    state_field = services().settings.state_field
    rows = [row for row in PARAMETERS if not row.places.keys().isdisjoint(LINK_PIPELINES)]
    return [row for row in rows if row.name not in (*_SET_BY_THE_LINK, state_field)]


def _view(row: Parameter) -> FieldView:
    kind = _KINDS.get(row.value.metavar, "text")
    return FieldView(
        name=row.vendor_name,
        label=row.vendor_name,
        about=_(row.about),
        wants="" if kind in _CHOSEN or row.value.wants == _ANY_TEXT else _(row.value.wants),
        example=row.value.metavar,
        kind=kind,
        choices=getattr(row.value, "choices", None),
        pipelines=tuple(pipeline.value for pipeline in row.places),
        encrypted_only=Place.EITHER not in row.places.values(),
    )


def _value(row: Parameter, text: str) -> object:
    """Return the value of a parameter from its text, which is JSON for a structure."""
    if _KINDS.get(row.value.metavar) != _STRUCTURE:
        return text
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        return text
