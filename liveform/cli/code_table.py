"""The table of vendor codes as text for the terminal, as docs/codes.md, and as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from liveform.vendor_codes import CODE_FAMILIES, CodeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from liveform.vendor_codes import CodeExplanation, VendorCode

_HEADER: Final = """\
# Codes of the vendor

This page is made from the table in `liveform/vendor_codes` by `liveform codes --markdown`; a test holds the
two together. `liveform codes CODE` explains one code, and so does `explain_code` in Python:

```pycon
>>> from liveform.vendor_codes import explain_code
>>> explanation = explain_code("TK-10001")
>>> explanation.about, explanation.actor.value
('The token id has expired; make a new one.', 'site')
>>> explain_code("TK-10099").is_known
False

```

The table is open: the vendor adds codes, and its lists cannot all be read. A code that is not here is
explained by its family, or in general. The column **who** says who can do something about it: the *user* who
is checked, the *site* that sent the user or the request, or *argos*, the vendor. Certainty *documented*
means that the vendor says what the code means; *inferred*, that the vendor lists the code and we read its
meaning from its name.
"""
_TITLES: Final = {
    CodeKind.FORM: "The form: `errorCode` and error pages",
    CodeKind.REJECT: "Why a submission was rejected: `commentCode`",
    CodeKind.RETRY: "Why a step is repeated: `retryCode`",
    CodeKind.FACE_AUTH: "Why a face authentication was rejected: `fail_code`",
    CodeKind.INJECTION: "Why data were not added: `failCode`",
    CodeKind.API: "Errors of the REST API: `errorCode`",
}
_RULE: Final = "|---|---|---|---|"


def as_text(rows: Sequence[VendorCode]) -> str:
    """Return one line a code, with a line of names above."""
    lines = [("CODE", "KIND", "WHO", "CERTAINTY", "MEANING")]
    lines += [(row.code, row.kind.value, row.actor.value, row.certainty.value, row.about) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]])
        for line in lines
    )


def explained(explanation: CodeExplanation) -> str:
    """Return what is known of one code, in a few lines."""
    kind = "" if explanation.kind is None else f" ({explanation.kind.value})"
    lines = [f"{explanation.code}{kind}: {explanation.about}"]
    if explanation.actor is not None:
        lines.append(f"who        {explanation.actor.value}")
    if explanation.to_user:
        lines.append(f"to users   {explanation.to_user}")
    source = f" ({explanation.source})" if explanation.source else ""
    return "\n".join([*lines, f"certainty  {explanation.certainty.value}{source}"])


def as_markdown(rows: Sequence[VendorCode]) -> str:
    """Return the page, one table a kind."""
    lines = [_HEADER]
    for kind in dict.fromkeys(row.kind for row in rows):
        lines += [f"## {_TITLES[kind]}\n", "| code | meaning | who | certainty |", _RULE]
        lines += [
            f"| `{row.code}` | {row.about} | {row.actor.value} | {row.certainty.value} ({row.source}) |"
            for row in rows
            if row.kind is kind
        ]
        lines.append("")
        if kind is CodeKind.FORM:
            lines += _families()
    return "\n".join(lines).rstrip()


def _families() -> list[str]:
    """The families, for codes that have no row of their own."""
    lines = ["| family | meaning | who | certainty |", _RULE]
    lines += [
        f"| `{family.prefix}-` | {family.about} | {family.actor.value} | documented (ERR) |"
        for family in CODE_FAMILIES
    ]
    return [*lines, ""]


def as_data(rows: Sequence[VendorCode]) -> list[dict[str, Any]]:
    """Return each row as JSON members."""
    return [row._asdict() for row in rows]
