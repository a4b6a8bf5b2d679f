"""``liveform batch --preview``: which column becomes which parameter, and the first URLs. Writes nothing."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.cli.batch.rows import rows_of
from liveform.errors import FieldError, shown
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.cli.batch.rows import Row
    from liveform.cli.batch.table_plan import TablePlan
    from liveform.columns import Target

URLS: Final = 3
_ROWS: Final = 100  # that are looked at for them


class PreviewedRow(NamedTuple):
    """A row, and what would become of it: a URL, an error, or neither if it is blank."""

    row: int
    line: int | None
    url: str | None
    error: str | None


class Preview(NamedTuple):
    """What ``--preview`` shows.

    Attributes:
        about: the format of IN.
        targets: where each column goes.
        rows: the first ones, up to the third with a URL.
    """

    about: str
    targets: Mapping[str, Target]
    rows: list[PreviewedRow]

    def to_text(self) -> str:
        """Return it for people."""
        width = max(map(len, map(shown, self.targets)), default=0)
        lines = [f"IN is {printable(self.about)}"]
        for column, target in self.targets.items():
            goes = target.name or f"not in the URLs: {target.note}"
            lines.append(f"  {shown(column):<{width}}  {goes}")
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, "nothing is written"])

    def to_data(self) -> dict[str, object]:
        """Return it for programs."""
        columns = [
            {"column": column, "parameter": target.name or None, "note": target.note or None}
            for column, target in self.targets.items()
        ]
        return {"input": self.about, "columns": columns, "rows": [row._asdict() for row in self.rows]}


def preview(plan: TablePlan) -> Preview:
    """Return the preview of a table.

    Raises:
        MalformedError: its first rows cannot be read.
    """
    rows: list[PreviewedRow] = []
    targets = dict(plan.targets)
    for number, row in enumerate(islice(rows_of(plan.source), _ROWS), 1):
        rows.append(_previewed(number, row, plan))
        if plan.source.columns is None:
            targets |= _targets_of(row, plan)
        if sum(one.url is not None for one in rows) == URLS:
            break
    return Preview(plan.source.about, targets, rows)


def _previewed(number: int, row: Row, plan: TablePlan) -> PreviewedRow:
    if row.problem is not None:
        return PreviewedRow(number, row.line, None, f"row: {row.problem}")
    made = plan.builder.url(row.columns, row.cells)
    if isinstance(made, FieldError):
        return PreviewedRow(number, row.line, None, str(made))
    return PreviewedRow(number, row.line, made, None)


def _targets_of(row: Row, plan: TablePlan) -> dict[str, Target]:
    """Where the members of a JSON object go, those that are known."""
    targets = {}
    for column in row.columns:
        try:
            targets[column] = plan.builder.matcher.target_of(column)
        except FieldError:
            continue  # the row says it
    return targets


def _line(row: PreviewedRow) -> str:
    where = f"row {row.row}" + (f" (line {row.line})" if row.line is not None else "")
    if row.url is None and row.error is None:
        return f"{where}: blank"
    return f"{where}: {row.url or f'no URL: {row.error}'}"
