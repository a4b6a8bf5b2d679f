"""The vendor's error codes -> what to tell the person in front of the screen (vendor pages ERR, RET, UPD5).

The set is open: a code that is not here is told by its family, and a family that is not here in general.
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
    "SE-50020": _("The document could not be confirmed as an original. Use the document itself, no copy."),
    "SE-50021": _("Your face could not be seen clearly. Try again in good light, without cap or mask."),
    "SE-50022": _("Face and document could not be matched. Try again in good light."),
}
_FAMILIES: Final = {
    "TK": _("Your link cannot be used any more. Ask for a new one and start again."),
    "DE": _("This device could not be checked. Please try another device or browser."),
    "PV": _("The link was not accepted. Ask for a new one and start again."),
    "LO": _("It failed several times in a row. Take a moment, then start again."),
    "SE": _("The check failed on the other side. Please try again in a few minutes."),
    "RT": _("The page ran into a problem. Reload it, or use another browser."),
    "QE": _("Too many people are being checked just now. Please try again in a few minutes."),
    "ER": _("Too many attempts. Please wait a few minutes, then start again."),
}
_ABOUT_THE_LINK: Final = ("TK", "PV")
_OTHER: Final = _("The check stopped before it was finished. Please try again.")


def can_start_again(code: str | None) -> bool:
    """Whether the same link may do better the second time: not if the link itself was refused."""
    return (code or "")[:2] not in _ABOUT_THE_LINK


def error_text(code: str | None) -> str:
    """Return one sentence in the visitor's language."""
    known = _CODES.get(code or "") or _FAMILIES.get((code or "")[:2])
    return str(known or _OTHER)
