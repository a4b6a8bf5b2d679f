"""These tests turn the vendor's error codes into sentences for visitors."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from webhelper.visitor.error_texts import _CODES, _FAMILIES, _OTHER, can_start_again, error_text


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    """Return an app inside a request, so that texts are translated into English."""
    one = Flask("webhelper")
    Babel(one)
    with one.test_request_context():
        yield one


@pytest.mark.parametrize("code", _CODES)
def test_code_that_is_known_has_its_own_sentence(code: str) -> None:
    """A known code has a sentence that differs from the one of its family."""
    assert error_text(code) == str(_CODES[code])
    assert error_text(code) != str(_FAMILIES[code[:2]])


@pytest.mark.parametrize("family", _FAMILIES)
def test_code_that_is_new_is_told_by_its_family(family: str) -> None:
    """An unknown code of a known family has the sentence of that family."""
    assert error_text(f"{family}-99999") == error_text(family) == str(_FAMILIES[family])


@pytest.mark.parametrize(
    "code",
    [None, "", "T", "XX-10001", "tk-10001", " TK-10001", "99999", "<script>", "한국", "x" * 10_000, "\ud800"],
)
def test_code_of_no_family_is_told_in_general(code: str | None) -> None:
    """A code of no family, or of another shape, has one general sentence that does not show it."""
    assert error_text(code) == str(_OTHER)


@pytest.mark.parametrize("text", [*_CODES.values(), *_FAMILIES.values(), _OTHER], ids=str)
def test_sentence_says_what_to_do_and_promises_nothing(text: object) -> None:
    """A sentence has 21 to 119 characters and mentions neither an outcome nor an error."""
    sentence = str(text)
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert 20 < len(sentence) < 120
    assert not any(
        word in sentence.lower() for word in ("verified", "approved", "rejected", "error", "failed you")
    )


@pytest.mark.parametrize(
    ("code", "again"),
    [
        ("TK-10001", False),
        ("TK-99999", False),
        ("PV-40018", False),
        ("LO-30001", True),
        ("SE-50020", True),
        ("ER-1", True),
        ("XX-1", True),
        ("tk-10001", True),
        ("", True),
        (None, True),
    ],
)
def test_same_link_may_be_tried_again_unless_it_was_refused_itself(code: str | None, again: bool) -> None:
    """A visitor may use the same link again unless the code is of the families TK or PV."""
    assert can_start_again(code) is again


def test_sentence_is_translated_when_it_is_shown(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence is translated when it is shown, not when the module is loaded."""
    english = error_text("TK-10001")
    with force_locale("en"):
        assert error_text("TK-10001") == english
    assert not isinstance(_CODES["TK-10001"], str)
