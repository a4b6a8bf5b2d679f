"""What to do about a failure of the vendor's API, in a few words after its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from liveform.errors import VendorError

_BY_CODE: Final = {
    "invalid_admin": "the admin must be an administrator of this project (System Operation in the dashboard)",
    "token_limit_exceeded": "delete expired token ids first: a project holds at most 100,000",
    "invalid_aml_threshold": "give --threshold, or set a watch-list score in the dashboard (AML)",
}
_BY_STATUS: Final = {
    401: "check the API key",
    403: "check the API key, and whether the dashboard's IP whitelist for the API has this machine's address",
    413: "send less at once",
    429: "wait, then try again",
}
_BY_REASON: Final = {
    "unreachable": "check the network and LIVEFORM_API_URL",
    "timeout": "try again later",
    "unreadable": "check LIVEFORM_API_URL and LIVEFORM_SECURE_DATA_TRANSFER; `liveform check` compares them",
    "limit": "the count begins again at 00:00 UTC",
}


def advice(error: VendorError) -> str:
    """Return what to do, to be added to the text of the error; empty if there is nothing to say."""
    if error.may_have_happened:
        return "; it may have been done: look before you repeat it"
    text = (
        _BY_CODE.get(str(error.code)) or _BY_STATUS.get(error.status or 0) or _BY_REASON.get(error.reason, "")
    )
    if not text and error.status is not None and error.status >= 500:
        text = "the fault is on the vendor's side: try again later"
    return f"; {text}" if text else ""
