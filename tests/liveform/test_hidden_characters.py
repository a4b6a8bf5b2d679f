"""Tests of liveform.hidden_characters: what shows nothing in keys, samples, cells, addresses."""

import unicodedata

import pytest

from liveform import FieldError, KeyFormatError, SecretKey, explain_url
from liveform.batch import build_urls
from liveform.hidden_characters import HIDDEN, JOINERS
from liveform.parameters.email_address import EmailAddress
from liveform.parameters.table import PARAMETERS
from liveform.parameters.text_values import bare
from liveform.pasted_text import copied_text
from liveform.project import Project

PROJECT = Project("abc123de45")
ROWS = {row.name: row for row in PARAMETERS}
WITHOUT_MARK = "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800\u2065"  # letters and signs by their category


@pytest.mark.parametrize("character", HIDDEN, ids=lambda one: f"U+{ord(one):04X}")
def test_hidden_character_is_seen_wherever_text_comes_from(character: str) -> None:
    """A hidden character is in no key and no e-mail address, and around no sample, cell, name or id."""
    assert character in WITHOUT_MARK or unicodedata.category(character) == "Cf"
    with pytest.raises(KeyFormatError, match="zero-width"):
        SecretKey(f"k{character}1")
    for address in (f"{character}jane@example.com", f"ja{character}ne@example.com", f"jane@{character}x.com"):
        with pytest.raises(FieldError, match="must be an e-mail address"):
            EmailAddress().check("email", address)
    assert copied_text(f"{character}abc{character}") == bare(f"{character} abc{character}") == "abc"
    with pytest.raises(FieldError, match="userid: has invisible characters around it"):
        ROWS["userid"].value.from_text("userid", f"{character}u1")
    (built,) = build_urls(PROJECT, [{f"{character}userid": f"{character}u1{character}", "email": character}])
    assert built.url is not None
    assert built.url.endswith("&userid=u1")


@pytest.mark.parametrize("character", sorted(set(HIDDEN) - set(JOINERS)), ids=lambda one: f"U+{ord(one):04X}")
def test_hidden_character_behind_an_id_is_refused(character: str) -> None:
    """What shows nothing at the end of an id is refused, but for joiners: Indic words may end with one."""
    with pytest.raises(FieldError, match="userid: has invisible characters around it"):
        ROWS["userid"].value.from_text("userid", f"u1{character}")


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a joiner in it
        "\u0d05\u0d35\u0d28\u0d4d\u200d",  # Malayalam, with one at its end
        "\u0915\u094d\u200d\u0937",
        "\u2764\ufe0f",  # a heart and its variation selector
        "\U0001f468\u200d\U0001f469",
        "ไทย\u200bไทย",
    ],
    ids=ascii,
)
def test_character_that_belongs_to_a_word_stays(text: str) -> None:
    """A joiner in a word, and a selector behind a sign, are part of an id."""
    assert ROWS["userid"].value.from_text("userid", text) == text
    url = PROJECT.form_url(userid=text)
    assert explain_url(url).seen[0].value == text


def test_cell_that_shows_nothing_is_empty() -> None:
    """A row whose cells hold nothing that can be seen is blank: no id of hidden characters goes out."""
    (built,) = build_urls(PROJECT, [{"userid": f" {HIDDEN} ", "email": "\u200e"}])
    assert (built.url, built.error) == (None, None)
