"""The parameter table as text for the terminal, as docs/parameters.md, and as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from liveform.parameters.model import Parameter, Pipeline, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHORT: Final = {Place.PLAIN: "plain", Place.EITHER: "either", Place.ENCRYPTED: "encrypted"}
_HEADER: Final = """\
# Parameters

This page is made from the table in `liveform/parameters` by `liveform parameters --markdown`; a test
holds the two together. **plain** is never encrypted, **either** may be, **encrypted** must be: the vendor
ignores it in a plain URL. An empty cell means that the form does not know the parameter, and
liveform refuses it there. Certainty *documented* means that the vendor says so, *inferred* and *unknown*
rows say what is open.
"""


_FORMS: Final = ("ID DOC", "KNOWLEDGE", "INJECTION", "FACEAUTH")
_HEADINGS: Final = ("PARAMETER", "VENDOR NAME", *_FORMS, "CERTAINTY", "WANTS")
_COLUMNS: Final = (
    "| argument | vendor's name | ID document | Knowledge | injection | FaceAuth "
    "| value | meaning | certainty |"
)


def as_text(rows: Sequence[Parameter]) -> str:
    """Return one line a parameter, with a line of names above."""
    lines: list[tuple[str, ...]] = [_HEADINGS]
    lines += [
        (row.name, _vendor_name(row), *_places(row), row.certainty.value, row.value.wants) for row in rows
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    )


def as_markdown(rows: Sequence[Parameter]) -> str:
    """Return the page, one table a group."""
    lines = [_HEADER]
    for group in dict.fromkeys(row.group for row in rows):
        lines += [
            f"## {group}\n",
            _COLUMNS,
            "|---|---|---|---|---|---|---|---|---|",
            *(_markdown_row(row) for row in rows if row.group == group),
            "",
        ]
    return "\n".join(lines).rstrip()


def _markdown_row(row: Parameter) -> str:
    excludes = f" Not together with {_code(row.excludes)}." if row.excludes else ""
    requires = f" Only together with {_code(row.requires)}." if row.requires else ""
    sure = f"{row.certainty.value} ({row.source})" + (f". {row.note}" if row.note else "")
    cells = (
        f"`{row.name}`",
        f"`{_vendor_name(row)}`",
        *_places(row),
        row.value.wants,
        row.about + excludes + requires,
        sure,
    )
    return f"| {' | '.join(cells)} |"


def _code(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _vendor_name(row: Parameter) -> str:
    if row.plain_name == row.encrypted_name:
        return row.vendor_name
    return f"{row.plain_name} / {row.encrypted_name}"


def _places(row: Parameter) -> list[str]:
    return [_SHORT[row.places[pipeline]] if pipeline in row.places else "" for pipeline in Pipeline]


def as_data(rows: Sequence[Parameter]) -> list[dict[str, Any]]:
    """Return each row as JSON members."""
    return [
        {
            "name": row.name,
            "plain_name": row.plain_name,
            "encrypted_name": row.encrypted_name,
            "group": row.group,
            "places": {pipeline.value: place.value for pipeline, place in row.places.items()},
            "wants": row.value.wants,
            "about": row.about,
            "excludes": list(row.excludes),
            "requires": list(row.requires),
            "source": row.source,
            "certainty": row.certainty.value,
            "note": row.note,
        }
        for row in rows
    ]
