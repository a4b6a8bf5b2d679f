"""These tests read the words of error pages."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from webhelper.web.error_words import words_of

if TYPE_CHECKING:
    from flask import Flask

OF_THEIR_OWN = [HTTPStatus(status) for status in (400, 403, 404, 405, 410, 429, 503)]


@pytest.mark.parametrize("language", ["en", "ko"])
def test_common_errors_have_words_of_their_own(app: Flask, language: str) -> None:
    """Each error that people meet has its own title and text, and every other one has common words."""
    with app.test_request_context(f"/?lang={language}"):
        titles = {words_of(status) for status in OF_THEIR_OWN}
        common = {words_of(HTTPStatus(status)) for status in (406, 413, 500, 502)}
    assert len(titles) == len(OF_THEIR_OWN)
    assert len(common) == 1
    assert not titles & common


def test_address_of_a_form_is_not_to_be_tried_again(app: Flask) -> None:
    """An address that only a form uses does not work in a moment either, and the page does not say so."""
    with app.test_request_context("/?lang=en"):
        title, text = words_of(HTTPStatus.METHOD_NOT_ALLOWED)
    assert title == "This address cannot be opened"
    assert "moment" not in text
