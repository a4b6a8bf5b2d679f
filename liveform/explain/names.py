"""A name in a URL -> why the vendor ignores it there, and what was probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform.errors import shown
from liveform.explain import rules
from liveform.parameters.guesses import guessed
from liveform.parameters.model import RESERVED, Parameter, Pipeline, Place
from liveform.parameters.spelling import compact

if TYPE_CHECKING:
    from liveform.explain.rules import Rule
    from liveform.parameters.lookup import ParameterTable

_NOT_KNOWN: Final = "liveform does not know it"
_UNKNOWN: Final = f"{_NOT_KNOWN}; if the vendor does not either, it has no effect"
_ENTITY: Final = "amp;"
_RETURN_URLS: Final = frozenset(
    compact(name)
    for name in (
        "return_url",
        "redirect_url",
        "redirect_uri",
        "redirect",
        "callback_url",
        "callback",
        "success_url",
        "next",
    )
)


def why_ignored(
    name: str, table: ParameterTable, pipeline: Pipeline, *, encrypted: bool, only: bool
) -> tuple[Rule, str, str] | None:
    """Return the rule, the name and the reason for which a parameter has no effect; None if it has one.

    Args:
        name: as the URL spells it.
        table: the parameters.
        pipeline: the form.
        encrypted: whether it is inside ``encrypted``.
        only: whether the project is in Encryption-only mode.
    """
    if only and not encrypted and name != "lang":
        why = "in Encryption-only mode nothing but pid, encrypted and lang is read in plain"
        return rules.ENCRYPTION_ONLY, name, why
    if encrypted and name in (*RESERVED, "lang"):
        return rules.MUST_BE_PLAIN, name, "it must be plain"
    row = table.by_encrypted_name(name) if encrypted else table.by_plain_name(name)
    if row is None:
        return _unknown(name, table, encrypted=encrypted)
    place = row.places.get(pipeline)
    if place is None:
        forms = " or ".join(other.value for other in row.places)
        return rules.OTHER_FORM, name, f"it belongs to {forms}"
    if place is Place.ENCRYPTED and not encrypted:
        return rules.MUST_BE_ENCRYPTED, name, "it must be encrypted"
    return None


def _unknown(name: str, table: ParameterTable, *, encrypted: bool) -> tuple[Rule, str, str]:
    known = table.by_vendor_name(name)
    if known is not None:
        return rules.TOKEN_NAME, name, f"here it is called {_name_of(known, encrypted=encrypted)}"
    if name.startswith(_ENTITY):
        meant_name = shown(name.removeprefix(_ENTITY))
        return rules.GUESSED_NAME, name, f"&amp; is for HTML alone; did you mean &{meant_name}?"
    meant = guessed(table, name) or _nearest(name, table)
    if isinstance(meant, Parameter) and meant.name == "token_id":
        return rules.TOKEN_NAME, name, f"{_NOT_KNOWN}; did you mean {_name_of(meant, encrypted=encrypted)}?"
    if meant is not None:
        right = meant if isinstance(meant, str) else _name_of(meant, encrypted=encrypted)
        return rules.GUESSED_NAME, name, f"{_NOT_KNOWN}; did you mean {right}?"
    if compact(name) in _RETURN_URLS:
        return rules.UNKNOWN_NAME, name, f"{_NOT_KNOWN}; the Return URL is set in the dashboard"
    return rules.UNKNOWN_NAME, name, _UNKNOWN


def _nearest(name: str, table: ParameterTable) -> Parameter | None:
    """The parameter of a name that is nearly spelled like it, as ``form_url`` suggests it."""
    meant = table.meant_by(name, vendor=True)
    return None if meant is None else table.by_vendor_name(meant)


def _name_of(row: Parameter, *, encrypted: bool) -> str:
    return row.encrypted_name if encrypted else row.plain_name
