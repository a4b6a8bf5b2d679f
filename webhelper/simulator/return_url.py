"""The Return URL of the simulator, made from the tester's choice (vendor pages RET, FAQ)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

    from liveform import Project
    from webhelper.simulator.findings import FormFindings
    from webhelper.simulator.sandbox.dashboard import Dashboard

# The dynamic fields that a dashboard can tick. The first five come back as the form URL gave them.
FROM_THE_URL: Final = ("userid", "email", "cf1", "cf2", "cf3")
SUBMISSION_ID: Final = "submissionId"
KYC_STATUS: Final = "kycStatus"
ERROR_CODE: Final = "errorCode"
DYNAMIC_FIELDS: Final = (*FROM_THE_URL, SUBMISSION_ID, KYC_STATUS, ERROR_CODE)

KNOWLEDGE: Final = "knowledge"
_PLAIN: Final = "plain"


class Damage(StrEnum):
    """Damage that base64 in URLs suffers in practice."""

    PLUS = "plus"  # + is not escaped, and arrives as a space
    PADDING = "padding"  # the = at the end is lost


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that each page of the simulator passes to the next: the form's query, and how to return.

    Attributes:
        query: query of the form URL, from ``query_text``.
        knowledge: whether the URL is that of the Knowledge form.
        fields: the dynamic fields of the Return URL.
        encrypt: whether the fields are encrypted, if the project has a key.
        to: index of the Return URL in the list of those allowed.
        damage: damage to the Return URL in transit.
        result_page: whether the result page is shown or skipped (a setting of the dashboard).
    """

    query: str = field(repr=False)
    knowledge: bool = False
    fields: tuple[str, ...] = DYNAMIC_FIELDS
    encrypt: bool = True
    to: int = 0
    damage: tuple[Damage, ...] = ()
    result_page: bool = False

    def carried(self) -> dict[str, Any]:
        """Return the form values from which ``read_choice`` reads this choice."""
        carried: dict[str, Any] = {
            "query": self.query,
            "form": KNOWLEDGE if self.knowledge else "",
            "field": list(self.fields),
            "encryption": "" if self.encrypt else _PLAIN,
            "to": str(self.to),
            "damage": list(self.damage),
        }
        return {name: value for name, value in carried.items() if value not in ("", "0", [])}


def read_choice(values: MultiDict[str, str], *, query: str) -> Choice:
    """Return the choice from form values; unknown values are ignored.

    Args:
        values: the values of a form or a query.
        query: the form URL's query, from ``query_text``.

    Raises:
        ValueError: the index of the Return URL is not a number.
    """
    fields, damage = values.getlist("field"), values.getlist("damage")
    return Choice(
        query=query,
        knowledge=values.get("form") == KNOWLEDGE,
        fields=tuple(name for name in DYNAMIC_FIELDS if name in fields),
        encrypt=values.get("encryption") != _PLAIN,
        to=_index(values.get("to", "0")),
        damage=tuple(one for one in Damage if one in damage),
        result_page="result_page" in values,
    )


def _index(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        raise ValueError("not an index")
    return int(text)


def ticked_fields(dashboard: Dashboard) -> tuple[str, ...]:
    """Return the dynamic fields that the dashboard ticks, by their names in the Return URL (row 7.3)."""
    return tuple(
        name for name in DYNAMIC_FIELDS if {"userid": "userId"}.get(name, name) in dashboard.return_fields
    )


def claims_of(findings: FormFindings, fields: Iterable[str], **made: str) -> dict[str, str]:
    """Return the dynamic fields that have a value, from the form URL or from ``made``."""
    values = {name: findings.values.get(name) for name in FROM_THE_URL} | made
    return {name: value for name, value in values.items() if name in fields and isinstance(value, str)}


def return_url(project: Project, url: str, claims: dict[str, str], choice: Choice) -> str:
    """Return the Return URL with ``claims`` in its query."""
    if not claims:
        return url
    built = project.build_return(url, claims, encrypt=None if choice.encrypt else False)
    return _damaged(built, choice.damage)


def _damaged(url: str, damage: tuple[Damage, ...]) -> str:
    head, name, text = url.rpartition("encrypted=")
    if Damage.PLUS in damage:
        text = text.replace("%2B", "+")
    if Damage.PADDING in damage:
        text = text.replace("%3D", "")
    return head + name + text
