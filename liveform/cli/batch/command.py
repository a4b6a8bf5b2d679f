"""``liveform batch``: a file of rows in, the same rows with their URLs out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from liveform.cli import inputs
from liveform.cli.commands import CommandOutput
from liveform.errors import FieldError, shown
from liveform.parameters.model import Pipeline
from liveform.parameters.table import PARAMETERS
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

    from liveform.batch import RowBuilder
    from liveform.cli.batch.journal import Progress
    from liveform.cli.batch.qr_files import QrFiles
    from liveform.cli.batch.readers import Source
    from liveform.cli.batch.run import Files
    from liveform.project import Project


def add_options(sub: ArgumentParser) -> None:
    """Add the options of the command, but for those of the project."""
    sub.add_argument("input", metavar="IN", help="a .csv, .jsonl or .parquet file")
    sub.add_argument("output", metavar="OUT", help="likewise; the rows of IN, each with its URL")
    group = sub.add_argument_group("what goes into the URLs")
    group.add_argument(
        "--pipeline",
        choices=[pipeline.value for pipeline in Pipeline],
        default=Pipeline.ID_DOCUMENT.value,
        help="which form the URLs open (id_document)",
    )
    group.add_argument("--plain", action="store_true", help="encrypt nothing")
    group.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="COLUMN=PARAMETER",
        help="a column whose name is not that of its parameter",
    )
    group.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column that is not a parameter"
    )
    group.add_argument(
        "--ignore-others", action="store_true", help="ignore every column that is not a parameter"
    )
    group.add_argument(
        "--field", action="append", default=[], metavar="PARAMETER=VALUE", help="the same for every row"
    )
    group = sub.add_argument_group("what is written")
    group.add_argument("--keep", metavar="COLUMN,COLUMN", help="which columns of IN are kept in OUT (all)")
    group.add_argument("--url-column", default="url", metavar="NAME", help="the column of the URL (url)")
    group.add_argument("--errors", metavar="FILE", help="rows without a URL, and why (OUT.errors.csv)")
    group.add_argument("--overwrite", action="store_true", help="begin again, though OUT is there or begun")
    group.add_argument("--jobs", type=int, default=1, metavar="N", help="how many processes work (1)")
    group.add_argument("--quiet", action="store_true", help="no progress bar")
    group = sub.add_argument_group("QR codes")
    group.add_argument("--qr-dir", metavar="DIR", help="a QR code of each URL goes here")
    group.add_argument("--qr-name", metavar="COLUMN", help="what their files are called")
    group.add_argument("--qr-kind", choices=("svg", "png"), default="svg", help="SVG or PNG (svg)")
    group.add_argument("--sheet", metavar="FILE", help="an .html page or a .pdf of all codes, to print")
    group.add_argument("--sheet-label", metavar="COLUMN", help="the column of the labels below the codes")
    group.add_argument("--sheet-title", default="QR codes", metavar="TEXT", help="the heading of the sheet")
    group.add_argument("--sheet-font", metavar="FILE", help="a .ttf or .otf, where text is not Latin-1")


def batch(arguments: Namespace) -> CommandOutput:
    """Build the URL of every row."""
    from liveform.cli.batch.formats import open_source

    files = _files(arguments)
    project = inputs.project(arguments)
    with closing(open_source(Path(arguments.input))) as source:
        builder = _builder(arguments, project, source)
        if source.columns is not None:
            builder.use_header(source.columns)
        progress = _run(arguments, files, source, builder, project)
    lines = [f"{progress.rows - progress.refused:,} URLs: {printable(str(files.output))}"]
    if progress.refused:
        lines.append(f"{progress.refused:,} rows without one: {printable(str(files.errors))}")
    if arguments.sheet is not None:
        lines.append(f"{_sheet(arguments, files):,} codes to print: {printable(arguments.sheet)}")
    data = {"rows": progress.rows, "refused": progress.refused, "output": str(files.output)}
    return CommandOutput("\n".join(lines), data, exit_code=1 if progress.refused else 0)


def _files(arguments: Namespace) -> Files:
    from liveform.cli.batch.lock import check_lock
    from liveform.cli.batch.run import Files

    check_lock()
    output = Path(arguments.output)
    errors = Path(arguments.errors or f"{arguments.output}.errors.csv")
    files = Files(output=output, errors=errors)
    if "\0" in arguments.output or output.is_dir():
        raise FieldError("OUT", "cannot be written")
    named = {"IN": arguments.input, "--sheet": arguments.sheet, "--qr-dir": arguments.qr_dir}
    others = {name: Path(path) for name, path in named.items() if path is not None}
    files.check(others, overwrite=arguments.overwrite)
    if arguments.overwrite:
        files.forget()
    if arguments.jobs < 1:
        raise FieldError("--jobs", "must be 1 or more")
    if (arguments.qr_dir is None) != (arguments.qr_name is None):
        raise FieldError("--qr-name", "goes with --qr-dir: the column that names the files")
    if (arguments.sheet is None) != (arguments.sheet_label is None):
        raise FieldError("--sheet-label", "goes with --sheet: the column of the labels below the codes")
    if arguments.sheet is not None:
        from liveform.cli.batch.sheet import check_sheet

        check_sheet(Path(arguments.sheet), _font(arguments))
    return files


def _font(arguments: Namespace) -> Path | None:
    return None if arguments.sheet_font is None else Path(arguments.sheet_font)


def _builder(arguments: Namespace, project: Project, source: Source) -> RowBuilder:
    from liveform.batch import RowBuilder

    columns: dict[str, str | None] = dict.fromkeys(arguments.ignore)
    columns.update(_pairs("--column", arguments.column))
    for column, name in columns.items() if source.columns is not None else ():
        if column not in (source.columns or ()):
            raise FieldError("--ignore" if name is None else "--column", f"IN has no column {shown(column)}")
    rows = {row.name: row for row in PARAMETERS}
    fields = {
        name: rows[name].value.from_text(name, value) if name in rows else value
        for name, value in _pairs("--field", arguments.field)
    }
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


def _run(
    arguments: Namespace, files: Files, source: Source, builder: RowBuilder, project: Project
) -> Progress:
    from dataclasses import replace

    from liveform.cli.batch.formats import output_for
    from liveform.cli.batch.progress_bar import progress_bar
    from liveform.cli.batch.run import Run
    from liveform.cli.batch.workers import ChunkBuilder

    keep = None if arguments.keep is None else arguments.keep.split(",")
    codes, draw = _codes(arguments)
    run = Run(
        source=source,
        maker=ChunkBuilder(
            builder, draw, arguments.url_column if source.columns is None and keep is None else ""
        ),
        files=files,
        open_output=output_for(files.output, source, keep=keep, url_column=arguments.url_column),
        fingerprint=_fingerprint(arguments, project, builder),
        codes=codes,
        jobs=arguments.jobs,
    )
    try:
        with progress_bar(source.share_read, wanted=not (arguments.quiet or arguments.json)) as report:
            return replace(run, report=report).go()
    except OSError as error:  # a full disk, say; what was committed stays
        raise FieldError("OUT", f"cannot be written: {error.strerror}") from None


def _codes(arguments: Namespace) -> tuple[QrFiles | None, Callable[[str], bytes] | None]:
    if arguments.qr_dir is None:
        return None, None
    from liveform.cli.batch.qr_files import Drawing, QrFiles

    folder = QrFiles(Path(arguments.qr_dir), arguments.qr_kind, arguments.qr_name)
    return folder, Drawing(arguments.qr_kind).draw


def _fingerprint(arguments: Namespace, project: Project, builder: RowBuilder) -> str:
    """Of the input, and of all that decides what a row becomes, but for the key."""
    from liveform.cli.batch.journal import fingerprint_of

    passing = ("command", "overwrite", "jobs", "quiet", "json")
    options = {
        name: value
        for name, value in vars(arguments).items()
        if name not in passing and not name.startswith("sheet")
    }
    found = Path(arguments.input).stat()
    return fingerprint_of(
        **options,
        made_with=project.settings(),
        spelling=builder.spelling(),
        bytes=found.st_size,
        modified=found.st_mtime_ns,
    )


def _sheet(arguments: Namespace, files: Files) -> int:
    from liveform.cli.batch.formats import open_source
    from liveform.cli.batch.sheet import write_sheet

    with closing(open_source(files.output)) as source:
        return write_sheet(
            Path(arguments.sheet),
            source,
            url_column=arguments.url_column,
            label_column=arguments.sheet_label,
            title=arguments.sheet_title,
            font=_font(arguments),
        )
