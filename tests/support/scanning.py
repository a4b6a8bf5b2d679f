"""This module reads the QR codes in images with zxing-cpp."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import zxingcpp
from PIL import Image

if TYPE_CHECKING:
    from PIL.Image import Image as AnyImage

_QR_CODES = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def codes_in(image: AnyImage | bytes) -> list[str]:
    """Return the texts of all QR codes in an image, or in the bytes of its file."""
    shown = Image.open(BytesIO(image)) if isinstance(image, bytes) else image
    return [str(code.text) for code in zxingcpp.read_barcodes(shown.convert("L"), formats=_QR_CODES)]
