"""Checks of values that several endpoints share."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from webhelper.simulator.sandbox.errors import UnknownError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.rest.calls import Call
    from webhelper.simulator.sandbox.submissions import Submission

DECIDED: Final = ("approved", "rejected")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{3}")
_DATES: Final = frozenset({"birthDate", "issueDate", "expireDate"})
_COUNTRIES: Final = frozenset({"nationality", "issuingCountry"})
_CHOICES: Final = {"kycStatus": DECIDED, "gender": ("female", "male")}


def members(body: object) -> dict[str, Any]:
    """Return a JSON object, or an empty one for any other body."""
    return body if isinstance(body, dict) else {}


def as_date(text: str) -> date | None:
    """Return the date of YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def as_count(text: str) -> int | None:
    """Return a number from 1 on, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) else None


def wrong_format(values: Mapping[str, object]) -> str | None:
    """Return the first name whose value is no text of its form, by the names of POST and PATCH; or None."""
    for name, value in values.items():
        if not isinstance(value, str):
            return name
        wrong = (
            (name in _DATES and as_date(value) is None)
            or (name in _COUNTRIES and _COUNTRY.fullmatch(value) is None)
            or (name in _CHOICES and value not in _CHOICES[name])
            or (name == "email" and "@" not in value)
        )
        if wrong:
            return name
    return None


def find_submission(call: Call, submission_id: object) -> Submission | None:
    """Return a submission of the project that is not deleted, or None."""
    try:
        found = call.sandbox.submissions.get(str(submission_id), pid=call.dashboard.pid)
    except UnknownError:
        return None
    return None if found.deleted else found
