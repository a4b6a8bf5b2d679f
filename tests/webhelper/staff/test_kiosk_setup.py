"""These tests set a kiosk up in the console, with faults in the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from html_forms import Form
from sites import TOKEN

if TYPE_CHECKING:
    from flask.testing import FlaskClient

PLACEMENT = {"store": "store 17", "project": "signup", "pipeline": "knowledge", "expires_in": "300"}


@pytest.fixture
def staff(client: FlaskClient) -> FlaskClient:
    """Return a browser that is signed in to the console."""
    client.post("/sign-in", data={"token": TOKEN})
    return client


@pytest.mark.parametrize(("language", "korean"), [("en", False), ("ko", True)])
@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"store": ""}, {"store"}),
        ({"store": "x" * 61}, {"store"}),
        ({"store": "a\nb", "expires_in": "x", "project": "nobody"}, {"store", "expires_in", "project"}),
        ({"pipeline": "face_auth", "expires_in": "1"}, {"pipeline", "expires_in"}),
    ],
)
def test_all_faults_are_told_and_what_was_chosen_stays(  # C4
    staff: FlaskClient, changes: dict[str, str], wrong: set[str], language: str, korean: bool
) -> None:
    """Every fault is told in the reader's language, the focus is on the store, and the choices stay."""
    answer = staff.post(f"/kiosks?lang={language}", data=PLACEMENT | changes)
    assert answer.status_code == 422
    (notice,) = re.findall(r'role="alert">(.*?)</p>', answer.text)
    told = dict(re.findall(r"<strong>(\w+)</strong>: ([^<]*)", notice))
    assert set(told) == wrong
    assert all(bool(re.search("[가-힣]", text)) is korean for text in told.values())
    form = Form(answer.text)
    assert form.focused == (["store"] if "store" in wrong else [])
    for name in {"pipeline", "project"} - set(changes):
        assert form.values[name] == PLACEMENT[name]
