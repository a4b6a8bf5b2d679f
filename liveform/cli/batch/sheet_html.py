"""A sheet of QR codes as an HTML page: A4 or Letter, from any browser on any printer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, BinaryIO, Final

if TYPE_CHECKING:
    from liveform.qr import QrCode

_HEAD: Final = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
@page {{ margin: 12mm }}
body {{ margin: 0; font: 10pt/1.3 system-ui, sans-serif; color: #000; background: #fff }}
h1 {{ font-size: 14pt; margin: 0 0 6mm }}
ul {{ display: grid; grid-template-columns: repeat(3, 1fr); gap: 6mm }}
ul {{ margin: 0; padding: 0; list-style: none }}
li {{ break-inside: avoid; border: 0.2mm dashed #888; padding: 3mm; text-align: center }}
svg {{ display: block; width: 100% }}
p {{ margin: 2mm 0 0; overflow-wrap: anywhere }}
@media screen {{ body {{ max-width: 190mm; margin: 8mm auto; padding: 0 4mm }} }}
</style>
<h1>{title}</h1>
<ul>
"""
_END: Final = "</ul>\n</html>\n"


class HtmlSheet:
    """Writes the page as the codes come.

    Args:
        file: where to.
        title: the heading.
    """

    def __init__(self, file: BinaryIO, title: str) -> None:
        self._file = file
        self._write(_HEAD.format(title=escape(title)))

    def add(self, number: int, code: QrCode, label: str) -> None:
        """Write one code and its label."""
        svg = code.to_svg(title=f"QR code {number}")
        self._write(f"<li>{svg}<p>{escape(label)}</p></li>\n")

    def end(self) -> None:
        """Write the end of the page."""
        self._write(_END)

    def close(self) -> None:
        """There is nothing to close; the file is the caller's."""

    def _write(self, text: str) -> None:
        self._file.write(text.encode())
