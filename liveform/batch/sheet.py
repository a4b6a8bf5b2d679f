"""A sheet of QR codes to print, as an HTML page: A4 or Letter, from any browser on any printer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from liveform.batch.outputs import cell_text
from liveform.errors import FieldError, shown
from liveform.qr import make_qr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from liveform.batch.tables import Source

MAX_CODES: Final = 5_000  # about 100 MB of page

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


def write_sheet(path: Path, source: Source, *, url_column: str, label_column: str, title: str) -> int:
    """Write a page with the code of every row of a finished output, and return how many there are.

    Args:
        path: of the page.
        source: the output.
        url_column: what is in the codes.
        label_column: what stands below them.
        title: what stands above all.

    Raises:
        FieldError: more than 5,000 rows, no such column, or the page cannot be written.
    """
    new = path.with_name(path.name + ".new")
    count = 0
    try:
        with new.open("w", encoding="utf-8") as file:
            file.write(_HEAD.format(title=escape(title)))
            for item in _items(source, url_column, label_column):
                file.write(item)
                count += 1
            file.write("</ul>\n</html>\n")
        new.replace(path)
    except (OSError, ValueError) as error:
        new.unlink(missing_ok=True)
        if isinstance(error, FieldError):
            raise
        raise FieldError("--sheet", "cannot be written") from None
    return count


def _items(source: Source, url_column: str, label_column: str) -> Iterator[str]:
    for number, row in enumerate(source.rows(), 1):
        if number > MAX_CODES:
            raise FieldError("--sheet", f"holds {MAX_CODES} codes at most; --qr-dir has no limit")
        cells = dict(zip(row.columns, row.cells, strict=True))
        if label_column not in cells:
            raise FieldError("--sheet-label", f"OUT has no column {shown(label_column)}")
        label = cell_text(cells[label_column])
        svg = make_qr(str(cells[url_column])).to_svg(title=f"QR code {number}")
        yield f"<li>{svg}<p>{escape(label)}</p></li>\n"
