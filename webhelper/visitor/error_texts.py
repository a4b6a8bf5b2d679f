"""Messages to visitors for the vendor's error codes (vendor pages ERR, RET, UPD5).

The vendor may add codes. An unknown code has the message of its family, the first two letters; an unknown
family has a general message.
"""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _

_CODES: Final = {
    "TK-10001": _("Your link has expired. Ask for a new one and start again."),
    "PV-40018": _("The time to start has passed. Ask for a new link and start again."),
    "DE-40000": _("There were too many attempts from this device. Please wait, or use another one."),
    "LO-30001": _("The document could not be read. Try again in good light, without glare."),
    "LO-30005": _("The photo was not clear enough. Try again in good light, holding still."),
    "SE-50020": _("The document could not be confirmed as an original. Use the original, not a copy."),
    "SE-50021": _("Your face could not be seen clearly. Try again in good light, without a cap or mask."),
    "SE-50022": _("Face and document could not be matched. Try again in good light."),
}
_FAMILIES: Final = {
    "TK": _("Your link cannot be used any more. Ask for a new one and start again."),
    "DE": _("This device could not be checked. Please try another device or browser."),
    "PV": _("The link was not accepted. Ask for a new one and start again."),
    "LO": _("It failed several times in a row. Take a moment, then start again."),
    "SE": _("The check could not be processed. Please try again in a few minutes."),
    "RT": _("The page ran into a problem. Reload it, or use another browser."),
    "QE": _("Too many people are being checked just now. Please try again in a few minutes."),
    "ER": _("Too many attempts. Please wait a few minutes, then start again."),
}
_ABOUT_THE_LINK: Final = ("TK", "PV")
_OTHER: Final = _("The check stopped before it was finished. Please try again.")


def can_start_again(code: str | None) -> bool:
    """Return whether another attempt with the same link can work; not if the link itself was refused."""
    return (code or "")[:2] not in _ABOUT_THE_LINK


def error_text(code: str | None) -> str:
    """Return the message for an error code, in the visitor's language."""
    known = _CODES.get(code or "") or _FAMILIES.get((code or "")[:2])
    return str(known or _OTHER)
