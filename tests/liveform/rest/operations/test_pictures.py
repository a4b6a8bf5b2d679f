"""Tests of liveform.rest.operations.pictures: which files are images, and which answers hold one."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_answers import JPEG, PNG, refused

from liveform.rest.operations.pictures import base64_text, checked_image, image_of

TEXT = base64.b64encode(JPEG)


def test_checked_image_knows_jpeg_and_png() -> None:
    """JPEG and PNG files are known by their first bytes."""
    assert checked_image("id_image", JPEG) == (JPEG, "image/jpeg")
    assert checked_image("id_image", PNG) == (PNG, "image/png")
    assert base64.b64decode(base64_text(PNG)) == PNG


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"%PDF-1.7", JPEG[1:], PNG[:7], TEXT, TEXT.decode(), "photo.jpg", None, bytearray(JPEG)],
)
def test_checked_image_of_another_kind_is_refused(content: Any) -> None:
    """Other files, base64 text and a path are refused before anything is sent."""
    assert refused(checked_image, "id_image", content).field == "id_image"


@pytest.mark.parametrize(
    "content",
    [
        JPEG,
        TEXT,
        b" " + TEXT + b"\n",
        TEXT[:40] + b"\r\n" + TEXT[40:],
        b"data:image/jpeg;base64," + TEXT,
        json.dumps(TEXT.decode()).encode(),
        json.dumps({"message": "success", "image": TEXT.decode()}).encode(),
    ],
)
def test_image_of_finds_the_file(content: bytes) -> None:
    """An image is read from its bytes and from base64 text, bare, as a data URL or in JSON."""
    assert image_of(content) == JPEG


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"notfound",
        b'{"message": "success"}',
        b'{"image": 7}',
        b'"unclosed',
        TEXT[:-5] + b"!",
        "ä".encode(),
        b"<html></html>",
        base64.b64encode(b"plain text, no image"),
    ],
)
def test_image_of_another_answer_is_none(content: bytes) -> None:
    """What holds no image gives None."""
    assert image_of(content) is None


@given(st.binary())
def test_image_of_any_bytes_raises_nothing(content: bytes) -> None:
    """Any bytes give an image or None."""
    image_of(content)
