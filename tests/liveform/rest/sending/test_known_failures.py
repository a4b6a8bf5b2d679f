"""Tests of the table of documented failures."""

import re

from liveform.rest.sending.known_failures import NAMING_SENTENCES, SENTENCES


def test_each_sentence_is_there_once_with_its_row() -> None:
    """Every sentence names its row of vendor-api.md and its page, and no sentence is there twice."""
    texts = [known.text.casefold().rstrip(".") for known in SENTENCES]
    assert len(set(texts)) == len(texts)
    assert all(re.match(r"\d+\.\d+ [A-Z]+", known.row) for known in SENTENCES)


def test_naming_sentences_are_in_small_letters() -> None:
    """The sentences that name a member are compared without regard to case."""
    assert all(text == text.casefold() for text in NAMING_SENTENCES)
