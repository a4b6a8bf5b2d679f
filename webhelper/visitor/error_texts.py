"""Messages to visitors for the vendor's error codes (vendor pages ERR, RET, N-05).

They are the sentences for users in liveform's table of codes. The vendor may add codes. An unknown code has
the message of its family, the first two letters; an unknown family has a general message.
"""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _

from liveform.vendor_codes import CODE_FAMILIES, VENDOR_CODES

_CODES: Final = {row.code: _(row.to_user) for row in VENDOR_CODES if row.to_user}
_FAMILIES: Final = {family.prefix: _(family.to_user) for family in CODE_FAMILIES if family.to_user}
_ABOUT_THE_LINK: Final = ("TK", "PV")
_OTHER: Final = _("The check stopped before it was finished. Please try again.")


def can_start_again(code: str | None) -> bool:
    """Return whether another attempt with the same link can work; not if the link itself was refused."""
    return (code or "")[:2] not in _ABOUT_THE_LINK


def error_text(code: str | None) -> str:
    """Return the message for an error code, in the visitor's language."""
    known = _CODES.get(code or "") or _FAMILIES.get((code or "")[:2])
    return str(known or _OTHER)
