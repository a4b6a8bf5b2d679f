"""Tests of what the command says of a failure of the vendor's API."""

from typing import Any

import pytest

from liveform.cli.api.advice import advised
from liveform.errors import VendorError


@pytest.mark.parametrize(
    ("text", "failure", "said"),
    [
        ("gone; look before you repeat it", {"reason": "unreachable", "may_have_happened": True}, ""),
        ("gone", {"reason": "unreachable", "may_have_happened": True}, "; look before you repeat it"),
        ("slow", {"reason": "timeout"}, "; try again later"),
        (
            "no",
            {"reason": "refused", "status": 403},
            "; check the API key, and the IP list for the API in the dashboard",
        ),
        ("no: check it", {"reason": "refused", "status": 403}, ""),
        ("no", {"reason": "refused", "status": 500}, "; the fault is on the vendor's side: try again later"),
        ("no", {"reason": "refused", "status": 400}, ""),
        ("no", {"reason": "refused"}, ""),
        ("what", {"reason": "unreadable", "status": 200}, ""),
    ],
)
def test_failure_says_what_to_do(text: str, failure: dict[str, Any], said: str) -> None:
    """What to do is added where the text does not say it."""
    assert advised(VendorError(text, **failure)) == text + said


def test_failure_names_variables() -> None:
    """An argument of the client is named as the variable that sets it for the command."""
    error = VendorError("check base_url, api_key and my_api_key", reason="refused", status=400)
    assert advised(error) == "check LIVEFORM_API_URL, LIVEFORM_API_KEY and my_api_key"
