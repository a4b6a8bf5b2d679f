"""Made-up personal data: what a form would have read from a document that nobody has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# The four that make duplicates visible (row 9.21), and an applicant (row 2.11).
IDENTITY: Final = ("full_name", "date_of_birth", "gender", "nationality")
_AGE_GROUPS: Final = ((14, "minor"), (16, "early-teen"), (18, "teen"))  # below this age (row 9.20)


def made_up(submission_id: str, *, knowledge: bool) -> dict[str, str]:
    """Return the ``data`` of an item, another person for each submission."""
    day = sha256(submission_id.encode()).digest()[0] % 28 + 1
    person = {
        "first_name": "SAMPLE",
        "last_name": submission_id.upper(),
        "full_name": f"SAMPLE {submission_id.upper()}",
        "gender": "female",
        "nationality": "KOR",
        "date_of_birth": f"1990-01-{day:02}",
        "ip_address": "192.0.2.1",  # TEST-NET-1 (RFC 5737)
    }
    if knowledge:
        return person | {"phoneNumber": "+82-000-0000-0000"}
    return person | {
        "idcard_issuingCountry": "KOR",
        "idcard_issueDate": "2020-01-01",
        "idcard_expireDate": "2035-01-01",
        "idType": "passport",
        "documentNumber": "M********",
    }


def age_group(born: object, now: datetime) -> str:
    """Return the age group of a date of birth; ``N/A`` if it is not a date."""
    try:
        birth = date.fromisoformat(str(born))
    except ValueError:
        return "N/A"
    today = now.astimezone(UTC).date()
    age = today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))
    return next((name for limit, name in _AGE_GROUPS if age < limit), "adult")


def person_of(pid: str, data: Mapping[str, Any]) -> str | None:
    """Return one text for all submissions of one person in a project; None if they cannot be compared."""
    if not all(data.get(name) for name in IDENTITY):
        return None
    return sha256("\n".join([pid, *(str(data[name]) for name in IDENTITY)]).encode()).hexdigest()[:20]
