"""What to do about a failure of the vendor's API, where the text of the error does not say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from liveform.errors import VendorError

_BY_REASON: Final = {
    "unreachable": "check the network and LIVEFORM_API_URL",
    "timeout": "try again later",
    "unreadable": "`liveform check` tells whether Secure Data Transfer is set as in the dashboard",
}


def advice(error: VendorError) -> str:
    """Return what to do, to be added to the text of the error; empty if there is nothing to say."""
    if error.may_have_happened:
        return "; it may have been done: look before you repeat it"
    if error.reason == "refused" and error.status in (401, 403):
        return "; check the API key, and the dashboard's IP list for the API"
    if error.reason == "refused" and error.status is not None and error.status >= 500:
        return "; the fault is on the vendor's side: try again later"
    text = _BY_REASON.get(error.reason)
    return "" if text is None else f"; {text}"
