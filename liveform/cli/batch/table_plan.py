"""What the options say of a table, held against its header before the first row is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from liveform.cli.batch.formats import ReadOptions, open_source
from liveform.errors import FieldError, nearest, shown

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from liveform.batch import RowBuilder
    from liveform.cli.batch.rows import Source
    from liveform.columns import Target
    from liveform.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePlan:
    """An open table, and what makes URLs of its rows.

    Attributes:
        source: the table.
        builder: makes the URLs.
        keep: the columns that the output keeps; None for all.
        targets: where each column goes; none for JSON Lines, whose rows have columns of their own.
    """

    source: Source
    builder: RowBuilder
    keep: list[str] | None
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
    keep = None if arguments.keep is None else arguments.keep.split(",")
    try:
        targets = {} if source.columns is None else _held_against(source.columns, builder, arguments)
        _leave_unread(source, keep, targets, arguments.qr_name)
    except FieldError:
        source.close()
        raise
    return TablePlan(source=source, builder=builder, keep=keep, targets=targets)


def _builder(arguments: Namespace, project: Project) -> RowBuilder:
    from liveform.batch import RowBuilder

    columns: dict[str, str | None] = dict.fromkeys(arguments.ignore)
    columns.update(_pairs("--column", arguments.column))
    fields: dict[str, str] = {}
    for name, value in _pairs("--field", arguments.field):
        if name in fields:
            raise FieldError("--field", f"{shown(name)} is given twice")
        fields[name] = value
    return RowBuilder(
        project,
        pipeline=arguments.pipeline,
        columns=columns,
        ignore_others=arguments.ignore_others,
        fields=fields,
        encrypt=False if arguments.plain else None,
    )


def _pairs(option: str, items: list[str]) -> Iterator[tuple[str, str]]:
    for item in items:
        name, equals, value = item.rpartition("=") if option == "--column" else item.partition("=")
        if not equals or not name:
            raise FieldError(option, "must be NAME=VALUE")
        yield name, value


def _held_against(columns: tuple[str, ...], builder: RowBuilder, arguments: Namespace) -> dict[str, Target]:
    """Where each column goes; or ``FieldError`` for what an option names and IN has not."""
    for name in builder.matcher.unused(columns):
        raise FieldError("--ignore" if name in arguments.ignore else "--column", _missing(name, columns))
    if arguments.qr_name is not None and arguments.qr_name not in columns:
        raise FieldError("--qr-name", _missing(arguments.qr_name, columns))
    kept = columns if arguments.keep is None else (*arguments.keep.split(","), arguments.url_column)
    if arguments.sheet_label is not None and arguments.sheet_label not in (*kept, arguments.url_column):
        raise FieldError("--sheet-label", _missing(arguments.sheet_label, kept, "OUT"))
    builder.use_header(columns)
    return {column: builder.matcher.target_of(column) for column in columns if column}


def _missing(name: str, columns: tuple[str, ...], where: str = "IN") -> str:
    meant = nearest(name, filter(None, columns))
    hint = "" if meant is None else f"; did you mean {shown(meant)}?"
    return f"{where} has no column {shown(name)}{hint}"


def _leave_unread(
    source: Source, keep: list[str] | None, targets: dict[str, Target], qr_name: str | None
) -> None:
    """Let a Parquet file read only what goes into the URLs, or is kept."""
    read_only = getattr(source, "read_only", None)
    if read_only is not None and keep is not None:
        used = [column for column, target in targets.items() if target.parameter is not None]
        read_only([*used, *keep, *([qr_name] if qr_name is not None else [])])
