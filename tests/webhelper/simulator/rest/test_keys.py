"""These tests check whose key is whose."""

import pytest
from sandboxes import API_KEY, FACE_KEY, FACE_PID, PID, make_dashboard

from liveform import SecretKey
from webhelper.simulator.rest.keys import Holder, Keys


def test_key_has_its_project() -> None:
    """Both keys of a project are known, each with its own pid."""
    keys = Keys([make_dashboard()])
    assert keys.find(API_KEY) == Holder(PID, PID)
    assert keys.find(FACE_KEY) == Holder(PID, FACE_PID)


@pytest.mark.parametrize("key", ["", API_KEY[:-1], API_KEY + "x", API_KEY.upper()])
def test_other_key_has_none(key: str) -> None:
    """A key that is not exactly the same is nobody's."""
    assert Keys([make_dashboard()]).find(key) is None


def test_key_without_its_text_is_known_by_its_digest() -> None:
    """A key that came from a settings file has no text any more, and is found all the same."""
    keys = Keys([make_dashboard(api_key=SecretKey(API_KEY))])
    assert keys.find(API_KEY) == Holder(PID, PID)
    assert keys.find(FACE_KEY) == Holder(PID, FACE_PID)
