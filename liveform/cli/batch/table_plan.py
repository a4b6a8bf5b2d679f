"""What the options say of a table, held against its header before the first row is read."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.errors import FieldError, nearest, shown
from liveform.parameters.spelling import compact

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from liveform.batch import RowBuilder
    from liveform.cli.batch.rows import Source
    from liveform.columns import Target
    from liveform.project import Project


class NamedColumns(NamedTuple):
    """The columns that options name, as the header writes them.

    Attributes:
        keep: those that the output keeps; None for all.
        qr_name: the one that names the files of QR codes; None without them.
        sheet_label: the one with the labels of a sheet; None without it.
    """

    keep: list[str] | None
    qr_name: str | None
    sheet_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """An open table, and what makes URLs of its rows.

    Attributes:
        source: the table.
        builder: makes the URLs.
        named: the columns that the options name.
        targets: where each column goes; none for JSON Lines, whose rows have columns of their own.
    """

    source: Source
    builder: RowBuilder
    named: NamedColumns
    targets: dict[str, Target]


def plan_of(arguments: Namespace, project: Project) -> TablePlan:
    """Return the plan of a command; its source is for the caller to close.

    Raises:
        FieldError: options and header do not fit, or IN cannot be read; all columns that are wrong at once.
        ConfigError: what reads IN is not installed.
        MalformedError: its beginning cannot be read.
    """
    builder = _builder(arguments, project)
    source = open_source(
        arguments.input,
        ReadOptions(
            format=arguments.format,
            encoding=arguments.encoding,
            separator=arguments.separator,
            sheet=arguments.worksheet,
            knows=builder.matcher.knows,
        ),
    )
    try:
        named = _named_columns(source.columns, arguments)
        targets = {} if source.columns is None else _held_against(source, source.columns, builder, arguments)
        _leave_unread(source, named, targets)
    except FieldError:
        source.close()
        raise
    return TablePlan(source=source, builder=builder, named=named, targets=targets)


def _builder(arguments: Namespace, project: Project) -> RowBuilder:
    from liveform.batch import RowBuilder

    columns: dict[str, str | None] = dict.fromkeys(arguments.ignore)
    columns.update(_pairs("--column", arguments.column))
    fields: dict[str, str] = {}
    for name, value in _pairs("--field", arguments.field):
        if name in fields:
            raise FieldError("--field", f"{shown(name)} is given twice")
        fields[name] = value
    try:
        return RowBuilder(
            project,
            pipeline=arguments.pipeline,
            columns=columns,
            ignore_others=arguments.ignore_others,
            fields=fields,
            encrypt=False if arguments.plain else None,
        )
    except FieldError as error:
        if error.field not in fields:
            raise
        raise FieldError("--field", str(error)) from None


def _pairs(option: str, items: list[str]) -> Iterator[tuple[str, str]]:
    for item in items:
        name, equals, value = item.rpartition("=") if option == "--column" else item.partition("=")
        if not equals or not name:
            raise FieldError(option, "must be NAME=VALUE")
        yield name, value


def _named_columns(columns: tuple[str, ...] | None, arguments: Namespace) -> NamedColumns:
    """The columns that options name; those of JSON Lines, which has no header, as they are given."""
    keep = None if arguments.keep is None else _names(arguments.keep)
    if columns is None:
        return NamedColumns(keep, arguments.qr_name, arguments.sheet_label)
    if keep is not None:
        keep = [_column_of("--keep", name, columns) for name in keep]
    elif ("" in arguments.ignore or arguments.ignore_others) and columns.count("") == 1:
        keep = list(columns)  # the one without a name too, which was ignored on purpose
    out = (*(columns if keep is None else keep), arguments.url_column)
    return NamedColumns(
        keep,
        None if arguments.qr_name is None else _column_of("--qr-name", arguments.qr_name, columns),
        None
        if arguments.sheet_label is None
        else _column_of("--sheet-label", arguments.sheet_label, out, "OUT"),
    )


def _names(text: str) -> list[str]:
    """Names with commas between; one that has a comma itself is in quotes, as in CSV."""
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True, skipinitialspace=True))
    except csv.Error:
        problem = (
            'must be columns with commas between; put one that has a comma in quotes: "Last, First",store'
        )
        raise FieldError("--keep", problem) from None


def _column_of(option: str, name: str, columns: Sequence[str], where: str = "IN") -> str:
    """The column of a name, which matches without case, spaces and punctuation, as for ``--column``."""
    alike = [name] if name in columns else [column for column in columns if _is_alike(name, column)]
    if len(alike) > 1:
        raise FieldError(
            option, f"{shown(name)} could be {' or '.join(map(shown, alike))}; write one of them"
        )
    if not alike:
        raise FieldError(option, _missing(name, columns, where))
    return alike[0]


def _is_alike(name: str, column: str) -> bool:
    return bool(compact(name)) and compact(name) == compact(column)


def _held_against(
    source: Source, columns: tuple[str, ...], builder: RowBuilder, arguments: Namespace
) -> dict[str, Target]:
    """Where each column goes; or ``FieldError`` for what an option names and IN has not."""
    for name in builder.matcher.unused(columns):
        raise FieldError("--ignore" if name in arguments.ignore else "--column", _missing(name, columns))
    try:
        builder.use_header(columns)
    except FieldError as error:
        raise FieldError(error.field, error.problem + getattr(source, "advice", "")) from None
    return {column: builder.matcher.target_of(column) for column in columns if column}


def _missing(name: str, columns: Sequence[str], where: str = "IN") -> str:
    meant = nearest(name, filter(None, columns))
    hint = "" if meant is None else f"; did you mean {shown(meant)}?"
    return f"{where} has no column {shown(name) or 'without a name'}{hint}"


def _leave_unread(source: Source, named: NamedColumns, targets: dict[str, Target]) -> None:
    """Let a Parquet file read only what goes into the URLs, or is kept."""
    read_only = getattr(source, "read_only", None)
    if read_only is not None and named.keep is not None:
        used = [column for column, target in targets.items() if target.parameter is not None]
        read_only([*used, *named.keep, *([named.qr_name] if named.qr_name is not None else [])])
