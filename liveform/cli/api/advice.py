"""The text of a VendorError for somebody who uses the command: its settings, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from liveform.errors import VendorError

# An argument of a client -> the variable that sets it.
_VARIABLES: Final = {
    "base_url": "LIVEFORM_API_URL",
    "api_key": "LIVEFORM_API_KEY",
    "face_auth_key": "LIVEFORM_FACE_AUTH_KEY",
    "secure_data_transfer": "LIVEFORM_SECURE_DATA_TRANSFER",
}
_ARGUMENT: Final = re.compile(rf"\b({'|'.join(_VARIABLES)})\b")


def advised(error: VendorError) -> str:
    """Return the text of an error: settings by their variables, and what to do where it does not say so."""
    text = _ARGUMENT.sub(lambda found: _VARIABLES[found[1]], str(error))
    advice = _advice(error)
    return text if advice is None or advice in text else f"{text}; {advice}"


def _advice(error: VendorError) -> str | None:
    if error.may_have_happened:
        return "look before you repeat it"
    if error.reason == "timeout":
        return "try again later"
    if error.reason == "refused" and error.status in (401, 403) and "check" not in str(error):
        return "check the API key, and the IP list for the API in the dashboard"
    if error.reason == "refused" and error.status is not None and error.status >= 500:
        return "the fault is on the vendor's side: try again later"
    return None
