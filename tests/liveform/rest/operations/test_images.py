"""Tests of liveform.rest.operations.images: reading and replacing images."""

import base64
from typing import Any

import pytest
from rest_answers import JPEG, PNG, SECRET, read, read_file, refused

from liveform.errors import VendorError
from liveform.rest.dialect import Dialect
from liveform.rest.operations import images


@pytest.mark.parametrize(
    ("kind", "wire"),
    [
        ("id_image", "idImage"),
        ("id_back_image", "idBackImage"),
        ("selfie_image", "selfieImage"),
        ("address_image", "addressImage"),
    ],
)
def test_get_asks_for_one_image(kind: images.ImageKind, wire: str) -> None:
    """One call reads one image, and the file itself is the answer (row 4.2)."""
    operation = images.get("a", kind)
    assert (operation.method, operation.path) == ("GET", "/image")
    assert operation.query == {"submission_id": "a", "type": wire}
    assert operation.is_file
    assert operation.repeatable
    assert not operation.transfer
    assert read_file(operation, JPEG, "image/jpeg") == JPEG


def test_get_calls_the_id_as_the_dialect_says() -> None:
    """The vendor's page has two names of the submission id, so that it is a setting (row 4.1)."""
    query = images.get("a", "id_image", dialect=Dialect(image_id="submissionId")).query
    assert query == {"submissionId": "a", "type": "idImage"}


@pytest.mark.parametrize(("content", "media_type"), [(b"", ""), (b'{"message": "x"}', "application/json")])
def test_get_of_no_file_is_unreadable(content: bytes, media_type: str) -> None:
    """JSON and an empty answer are no image."""
    with pytest.raises(VendorError) as raised:
        read_file(images.get("a", "id_image"), content, media_type)
    assert raised.value.reason == "unreadable"


@pytest.mark.parametrize(
    ("submission_id", "kind", "field"),
    [
        ("", "id_image", "submission_id"),
        ("a", SECRET, "kind"),
        ("a", None, "kind"),
        (None, "id_image", "submission_id"),
    ],
)
def test_get_refuses_wrong_arguments(submission_id: Any, kind: Any, field: str) -> None:
    """The error names the argument."""
    assert refused(images.get, submission_id, kind).field == field


def test_get_by_the_vendors_name_gives_ours() -> None:
    """Whoever writes the vendor's name is told the argument."""
    assert "did you mean selfie_image?" in refused(images.get, "a", "selfieImage").problem


def test_put_sends_text_fields_with_base64() -> None:
    """A form of text fields without file names carries the images as base64 (row 4.3)."""
    operation = images.put(
        "a",
        admin="admin@example.com",
        id_type="passport",
        extra={"newField": "x"},
        id_image=JPEG,
        id_back_image=JPEG,
        selfie_image=PNG,
        address_image=PNG,
    )
    assert (operation.method, operation.path) == ("PUT", "/submission/image")
    assert {part.name: part.content for part in operation.form} == {
        "submissionId": "a",
        "admin": "admin@example.com",
        "idType": "passport",
        "newField": "x",
        "idImage": base64.b64encode(JPEG).decode(),
        "idBackImage": base64.b64encode(JPEG).decode(),
        "selfieImage": base64.b64encode(PNG).decode(),
        "addressImage": base64.b64encode(PNG).decode(),
    }
    assert {(part.filename, part.media_type) for part in operation.form} == {(None, None)}
    assert operation.repeatable
    assert not operation.transfer
    assert "base64" not in repr(operation)
    assert base64.b64encode(PNG).decode() not in repr(operation)
    assert read(operation, {"message": "complete to update image."}).message == "complete to update image."


def test_put_of_a_selfie_needs_no_id_type() -> None:
    """Only images of an ID document need its type."""
    names = [part.name for part in images.put("a", admin="admin@example.com", selfie_image=PNG).form]
    assert names == ["submissionId", "admin", "selfieImage"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({}, "images"),
        ({"id_image": None}, "images"),
        ({"id_image": JPEG}, "id_type"),
        ({"id_back_image": JPEG, "id_type": None}, "id_type"),
        ({"id_image": JPEG, "id_type": ""}, "id_type"),
        ({"selfie_image": b"GIF89a"}, "selfie_image"),
        ({"selfie_image": "selfie.jpg"}, "selfie_image"),
        ({"selfieImage": PNG}, "selfieImage"),
        ({"selfie_image": PNG, "extra": {"a": 1}}, "extra"),
        ({"selfie_image": PNG, "extra": [SECRET]}, "extra"),
        ({"selfie_image": PNG, "admin": None}, "admin"),
        ({"selfie_image": PNG, "submission_id": "a b"}, "submission_id"),
    ],
)
def test_put_refuses_wrong_arguments(given: dict[str, Any], field: str) -> None:
    """There must be an image of a kind that the vendor takes."""
    arguments = {"submission_id": "a", "admin": "admin@example.com", **given}
    assert refused(images.put, **arguments).field == field


def test_put_names_the_image_that_was_meant() -> None:
    """Whoever writes the vendor's name is told the argument."""
    error = refused(images.put, "a", admin="admin@example.com", selfieImage=PNG)
    assert "did you mean selfie_image?" in error.problem
