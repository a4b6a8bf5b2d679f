"""The console's form for a new link: made from the parameter table, and read as a link request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask_babel import gettext as _

from liveform import PARAMETERS, FieldError, Parameter, Pipeline, Place
from webhelper.api.parsing import convert_text
from webhelper.links.link_request import LINK_PIPELINES, LinkRequest
from webhelper.services import services

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# The members of a link request that have a field of their own, in its order.
ASKED: Final = (
    "project",
    "pipeline",
    "expires_in",
    "max_uses",
    "label",
    "unique_userid",
    "next",
    "note",
)
_SET_BY_THE_LINK: Final = ("start_valid_until", "action")
_NEEDED: Final = {"sid": (Pipeline.INJECTION,)}  # in which forms
_KINDS: Final = {"true|false": "flag", "false": "false", "JSON": "structure"}
_STRUCTURE: Final = "structure"
_CHOSEN: Final = ("flag", "false")  # chosen from a list, which shows the allowed values
_ANY_TEXT: Final = "text"


class FieldView(NamedTuple):
    """A field of the form, for one parameter.

    Attributes:
        name: the vendor's name.
        about: what the parameter does.
        wants: what it may be; empty where that is seen.
        where: where it can be sent, encrypted or plain; empty where it can be both.
        kind: how it is filled in.
        pipelines: the forms that take it.
        needed_by: those of them that cannot do without.
    """

    name: str
    about: str
    wants: str
    where: str
    kind: str
    pipelines: tuple[str, ...]
    needed_by: tuple[str, ...]


def needed_fields() -> list[FieldView]:
    """Return the fields without which some form cannot be opened: they come first."""
    return [_view(row) for row in rows() if row.name in _NEEDED]


def groups() -> list[tuple[str, list[FieldView]]]:
    """Return the other fields of the form, in the groups of the parameter table."""
    found: dict[str, list[FieldView]] = {}
    for row in rows():
        if row.name not in _NEEDED:
            found.setdefault(_(row.group), []).append(_view(row))
    return list(found.items())


def in_order(names: Iterable[str]) -> list[str]:
    """Return names in the order in which the form has their fields; what it does not have comes last."""
    groups_of = dict.fromkeys(row.group for row in rows())
    own = ["project", "pipeline", *(field.name for field in needed_fields()), *ASKED]
    order = own + [row.vendor_name for group in groups_of for row in rows() if row.group == group]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def pipelines() -> list[tuple[str, str]]:
    """Return the forms that a link can open, with their titles."""
    return [
        (Pipeline.ID_DOCUMENT.value, _("ID document")),
        (Pipeline.KNOWLEDGE.value, _("Knowledge")),
        (Pipeline.INJECTION.value, _("More data for a submission")),
    ]


def read_members(form: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in, by the names of a link request's members and of the vendor's parameters."""
    return {name: form[name] for name in (*ASKED, *(row.vendor_name for row in rows())) if form.get(name)}


def link_request(members: Mapping[str, str], *, unlimited: bool) -> LinkRequest:
    """Return the link request of what was filled in.

    Raises:
        FieldError: a value is missing or not allowed; ``.field`` names it.
    """
    asked: dict[str, Any] = {name: members[name] for name in ASKED if name in members}
    if unlimited:
        asked["max_uses"] = None
    asked["fields"] = {
        row.vendor_name: _value(row, members[row.vendor_name]) for row in rows() if row.vendor_name in members
    }
    return convert_text(asked, LinkRequest)


def rows() -> list[Parameter]:
    """Return the parameters that the form asks for."""
    state_field = services().settings.state_field
    known = [row for row in PARAMETERS if not row.places.keys().isdisjoint(LINK_PIPELINES)]
    return [row for row in known if row.name not in (*_SET_BY_THE_LINK, state_field)]


def _view(row: Parameter) -> FieldView:
    kind = _KINDS.get(row.value.metavar, "text")
    return FieldView(
        name=row.vendor_name,
        about=_(row.about),
        wants="" if kind in _CHOSEN or row.value.wants == _ANY_TEXT else _(row.value.wants),
        where=_where(row),
        kind=kind,
        pipelines=tuple(pipeline.value for pipeline in row.places),
        needed_by=tuple(pipeline.value for pipeline in _NEEDED.get(row.name, ())),
    )


def _where(row: Parameter) -> str:
    """Return in words where a parameter can be sent, encrypted or plain; empty where it can be both."""
    places = {name: row.places[name] for name in LINK_PIPELINES if name in row.places}
    encrypted = [name for name, place in places.items() if place is Place.ENCRYPTED]
    if len(encrypted) == len(places):
        return str(_("Only for projects with encryption."))
    if encrypted:
        titles = dict(pipelines())
        forms = ", ".join(titles[name.value] for name in encrypted)
        return str(_("For “%(forms)s”, only for projects with encryption.", forms=forms))
    return "" if Place.EITHER in places.values() else str(_("It is never encrypted."))


def _value(row: Parameter, text: str) -> object:
    """Return the value of a parameter from its text, which is JSON for a structure."""
    if _KINDS.get(row.value.metavar) != _STRUCTURE:
        return row.value.from_text(row.vendor_name, text)
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        return text


def needs_another(error: FieldError, missing: Mapping[str, object]) -> bool:
    """Return whether an error says no more than that a field needs one of ``missing`` beside it."""
    vendor_names = {row.name: row.vendor_name for row in rows()}
    needed = {row.vendor_name: row.requires for row in rows()}
    return any(vendor_names.get(name) in missing for name in needed.get(error.field, ()))
