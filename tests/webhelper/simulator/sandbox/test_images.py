"""These tests check the pictures of submissions."""

import io

import pytest
from PIL import Image

from webhelper.simulator.sandbox.images import grey_png, media_type
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_picture_is_replaced_and_deleted(sandbox: Sandbox) -> None:
    """A submission has one picture of each kind."""
    sandbox.images.put("s1", "idImage", b"one")
    sandbox.images.put("s1", "idImage", b"two")
    sandbox.images.put("s1", "selfieImage", b"face")
    assert sandbox.images.get("s1", "idImage") == b"two"
    sandbox.images.delete("s1", ["idImage"])
    assert sandbox.images.get("s1", "idImage") is None
    assert sandbox.images.get("s1", "selfieImage") == b"face"
    sandbox.images.delete("s1")
    assert sandbox.images.get("s1", "selfieImage") is None


@pytest.mark.parametrize("shade", [0, 64, 255])
def test_made_up_picture_is_a_png(shade: int) -> None:
    """A made-up picture is a PNG that other programs read."""
    content = grey_png(shade)
    assert Image.open(io.BytesIO(content)).getpixel((0, 0)) == shade
    assert media_type(content) == "image/png"


@pytest.mark.parametrize(
    ("content", "kind"), [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"GIF89a", None), (b"", None)]
)
def test_media_type_is_known_by_the_first_bytes(content: bytes, kind: str | None) -> None:
    """JPEG is known; other formats are not (row 4.3)."""
    assert media_type(content) == kind
