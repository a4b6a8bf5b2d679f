"""Tests of liveform.webhooks.building, which makes events as the vendor would send them."""

import doctest
import json
from typing import Any

import pytest
from webhook_samples import ENCRYPTING, PLAIN, SAMPLES

from liveform import FieldError, LiveformError
from liveform.webhooks import EVENTS, build_event, building, read_event


@pytest.mark.parametrize("trigger", EVENTS)
def test_event_is_built_as_the_project_wants_it(trigger: str) -> None:
    """Without ``encrypt`` an event is encrypted if the project has Secure Data Transfer, and else plain."""
    members = SAMPLES[trigger]
    assert json.loads(build_event(trigger, members, PLAIN)) == {"webhook_trigger": trigger, **members}
    sealed = build_event(trigger, members, ENCRYPTING)
    assert list(json.loads(sealed)) == ["data"]
    assert read_event(sealed, ENCRYPTING).raw == {"webhook_trigger": trigger, **members}


def test_event_is_built_plain_or_encrypted_as_asked() -> None:
    """``encrypt`` decides where it is given; True needs a project with the key for it."""
    assert build_event("aml", {}, ENCRYPTING, encrypt=False) == b'{"webhook_trigger":"aml"}'
    assert list(json.loads(build_event("aml", {}, ENCRYPTING, encrypt=True))) == ["data"]
    with pytest.raises(FieldError, match="secure_data_transfer") as caught:
        build_event("aml", {}, PLAIN, encrypt=True)
    assert caught.value.field == "encrypt"


@pytest.mark.parametrize(
    ("trigger", "hint"),
    [
        ("aproved", "did you mean approved?"),
        ("deleted", "did you mean delete?"),
        ("faceauth", "did you mean faceAuth?"),
        ("injectionfail", "did you mean injectionFail?"),
        ("xyz", "known are created, retry, submit"),
        ("a\n" * 100, "known are"),
    ],
)
def test_unknown_trigger_is_refused_with_what_was_meant(trigger: str, hint: str) -> None:
    """A trigger that is not documented is refused with the nearest one, or with all."""
    with pytest.raises(FieldError) as caught:
        build_event(trigger, {}, PLAIN)
    assert caught.value.field == "trigger"
    assert hint in str(caught.value)
    assert "allow_unknown" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_trigger_is_built_on_purpose() -> None:
    """A trigger that is not documented is built if the caller says so."""
    body = build_event("archived", {"a": 1}, PLAIN, allow_unknown=True)
    assert json.loads(body) == {"webhook_trigger": "archived", "a": 1}


@pytest.mark.parametrize("trigger", [None, "", 1, b"aml", ["aml"]])
@pytest.mark.parametrize("allow", [False, True])
def test_trigger_that_is_no_text_is_refused(trigger: Any, *, allow: bool) -> None:
    """A trigger must be text in any case."""
    with pytest.raises(FieldError, match="trigger"):
        build_event(trigger, {}, PLAIN, allow_unknown=allow)


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        (None, "mapping"),
        ([("a", 1)], "mapping"),
        ({"webhook_trigger": "aml"}, "first argument"),
        ({"a": {1, 2}}, "must be JSON"),
        ({"a": float("nan")}, "finite"),
        ({1: "a"}, "names must be text"),
        ({"a": "\ud800"}, "Unicode"),
    ],
)
@pytest.mark.parametrize("project", [PLAIN, ENCRYPTING], ids=["plain", "encrypted"])
def test_members_that_are_not_json_are_refused(members: Any, problem: str, project: Any) -> None:
    """Members must be a mapping of JSON values without the trigger."""
    with pytest.raises(FieldError, match=problem):
        build_event("aml", members, project)


@pytest.mark.parametrize("thing", [None, "p", 1, {}])
def test_project_must_be_a_project(thing: Any) -> None:
    """Anything but a Project is the caller's mistake."""
    with pytest.raises(FieldError, match="Project"):
        build_event("aml", {}, thing)


@pytest.mark.parametrize("trigger", EVENTS)
def test_built_event_is_refused_by_a_project_of_the_other_kind(trigger: str) -> None:
    """What is built plain is not read as encrypted, nor the other way round."""
    for source, reader in ((PLAIN, ENCRYPTING), (ENCRYPTING, PLAIN)):
        with pytest.raises(LiveformError):
            read_event(build_event(trigger, SAMPLES[trigger], source), reader)


def test_example_of_the_docstring_is_true() -> None:
    """The example in the docstring prints what it shows."""
    results = doctest.testmod(building)
    assert results.attempted > 0
    assert results.failed == 0
