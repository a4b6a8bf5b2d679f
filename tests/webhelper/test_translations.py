"""These tests check that every text has a Korean translation, with its placeholders, and is compiled."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import webhelper
from liveform import PARAMETERS
from liveform.vendor_codes import CODE_FAMILIES, VENDOR_CODES

PACKAGE = Path(webhelper.__file__).parent
FOLDER = PACKAGE / "translations" / "ko" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%\(\w+\)s")

Text = str | tuple[str, str]


def texts_of_the_sources() -> set[Text]:
    """Return the texts that sources and templates pass to gettext, and those of liveform's two tables."""
    found = extract_from_dir(PACKAGE, method_map=METHODS, keywords=KEYWORDS)
    texts: set[Text] = {
        message if isinstance(message, str) else (message[0], message[1]) for _, _, message, _, _ in found
    }
    to_users = {*(row.to_user for row in VENDOR_CODES), *(family.to_user for family in CODE_FAMILIES)}
    texts |= to_users - {""}
    return texts | {text for row in PARAMETERS for text in (row.group, row.about, row.value.wants)}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """Return the catalogue of the Korean texts."""
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="ko")


def test_every_text_is_translated(catalogue: Catalog) -> None:
    """The Korean catalogue translates every text in use, and contains no other."""
    translated = dict(pairs(catalogue))
    assert set(translated) == texts_of_the_sources()
    assert all(translated.values())


def test_translations_keep_their_placeholders(catalogue: Catalog) -> None:
    """A Korean text has the same placeholders as its English text."""
    for english, korean in pairs(catalogue):
        assert set(PLACEHOLDER.findall(str(english))) == set(PLACEHOLDER.findall(korean)), english


def test_compiled_catalogue_is_that_of_the_text(catalogue: Catalog) -> None:
    """The compiled catalogue contains the same Korean texts as its source."""
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    for english, korean in pairs(catalogue):
        several = compiled.ngettext(*english, 2) if isinstance(english, tuple) else compiled.gettext(english)
        assert several == korean


def pairs(catalogue: Catalog) -> list[tuple[Text, str]]:
    """Return each text with its translation; Korean has one form for all numbers."""
    found: list[tuple[Text, str]] = []
    for message in catalogue:
        korean = message.string[0] if isinstance(message.string, tuple | list) else str(message.string)
        if isinstance(message.id, str) and message.id:
            found.append((message.id, korean))
        elif message.id:
            found.append(((message.id[0], message.id[1]), korean))
    return found
