"""``liveform batch``: a file of rows in, the same rows with their URLs out."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from liveform.cli import inputs
from liveform.cli.batch.options import add_options
from liveform.cli.commands import CommandOutput
from liveform.errors import FieldError
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from argparse import Namespace

    from liveform.batch import RowBuilder
    from liveform.cli.batch.building import Codes
    from liveform.cli.batch.formats import ReadOptions
    from liveform.cli.batch.journal import Progress
    from liveform.cli.batch.qr_files import QrFiles
    from liveform.cli.batch.run import Files, Run
    from liveform.cli.batch.table_plan import TablePlan
    from liveform.cli.batch.writing.output import OutputFormat
    from liveform.project import Project

__all__ = ["add_options", "batch"]

_STREAM = "-"
_STREAMED_ERRORS = "batch.errors.csv"


def batch(arguments: Namespace) -> CommandOutput:
    """Build the URL of every row, or show what would be built."""
    from liveform.cli.batch.table_plan import plan_of

    if arguments.preview:
        from liveform.cli.batch.preview import preview

        project = inputs.project(arguments)
        plan = plan_of(arguments, project)
        with closing(plan.source):
            seen = preview(plan)
        return CommandOutput(seen.to_text(), seen.to_data())
    if arguments.output is None:
        raise FieldError("OUT", "is needed: where the rows go with their URLs; --preview works without")
    files = _files(arguments)
    project = inputs.project(arguments)
    plan = plan_of(arguments, project)
    with closing(plan.source):
        output = _output(arguments, plan)
        progress = _run(arguments, files, plan, output, project)
    return _summary(arguments, files, plan, progress)


def _summary(arguments: Namespace, files: Files, plan: TablePlan, progress: Progress) -> CommandOutput:
    from liveform.cli.batch.summary import counted, summary_data, summary_lines

    hidden = getattr(plan.source, "hidden", "")
    lines = summary_lines(progress, files, plan.targets, hidden)
    if plan.named.sheet_label is not None:
        count = _sheet(arguments, files, plan, plan.named.sheet_label)
        lines.append(f"{counted(count, 'code')} to print: {printable(arguments.sheet)}")
    return CommandOutput(
        "\n".join(lines),
        summary_data(progress, files, plan.targets, hidden),
        exit_code=1 if progress.refused else 0,
        stream="stderr" if files.is_stream else "stdout",  # stdout has the rows
    )


def _files(arguments: Namespace) -> Files:
    """Where the run writes, if nothing is lost there and all libraries are there."""
    from liveform.cli.batch.run import Files

    _check_pairs(arguments)
    is_stream = arguments.output == _STREAM
    output = Path(arguments.output)
    errors = _STREAMED_ERRORS if is_stream else f"{arguments.output}.errors.csv"
    files = Files(output=output, errors=Path(arguments.errors or errors), is_stream=is_stream)
    if "\0" in arguments.output or output.is_dir():
        raise FieldError("OUT", "cannot be written")
    named = {"IN": arguments.input, "--sheet": arguments.sheet, "--qr-dir": arguments.qr_dir}
    others = {name: Path(path) for name, path in named.items() if path not in (None, _STREAM)}
    files.check(others, overwrite=arguments.overwrite)
    _check_libraries(arguments)
    return files


def _check_pairs(arguments: Namespace) -> None:
    """Refuse options that are alone, or make no sense together."""
    if arguments.jobs < 1:
        raise FieldError("--jobs", "must be 1 or more")
    if (arguments.qr_dir is None) != (arguments.qr_name is None):
        raise FieldError("--qr-name", "goes with --qr-dir: the column that names the files")
    if (arguments.sheet is None) != (arguments.sheet_label is None):
        raise FieldError("--sheet-label", "goes with --sheet: the column of the labels below the codes")
    if arguments.sheet is not None and arguments.output == _STREAM:
        raise FieldError("--sheet", "is made from OUT, which must be a file")


def _check_libraries(arguments: Namespace) -> None:
    """Raise ``ConfigError`` for a library that the run will need and that is not installed."""
    from liveform.cli.batch.lock import check_lock

    check_lock()
    if arguments.qr_dir is not None or arguments.sheet is not None:
        from liveform.qr import make_qr

        make_qr("liveform")
    if arguments.sheet is not None:
        from liveform.cli.batch.sheet import check_sheet

        check_sheet(Path(arguments.sheet), _font(arguments))


def _font(arguments: Namespace) -> Path | None:
    return None if arguments.sheet_font is None else Path(arguments.sheet_font)


def _output(arguments: Namespace, plan: TablePlan) -> OutputFormat:
    from liveform.cli.batch.formats import output_for

    return output_for(
        arguments.output,
        plan.source,
        keep=plan.named.keep,
        url_column=arguments.url_column,
        wanted=arguments.format,
        with_mark=arguments.bom,
    )


def _run(
    arguments: Namespace, files: Files, plan: TablePlan, output: OutputFormat, project: Project
) -> Progress:
    from liveform.cli.batch.building import ChunkBuilder
    from liveform.cli.batch.run import Run

    folder, codes = _codes(arguments, plan.named.qr_name)
    has_header, keep = plan.source.columns is not None, tuple(plan.named.keep or ())
    url_member = "" if has_header or keep else arguments.url_column
    run = Run(
        source=plan.source,
        maker=ChunkBuilder(plan.builder, output, codes, url_member, keep, label=plan.named.sheet_label or ""),
        files=files,
        fingerprint=_fingerprint(arguments, project, plan.builder),
        can_go_on=arguments.input != _STREAM,
        begins_again=arguments.overwrite,
        errors_separator=";" if getattr(plan.source, "separator", ",") == ";" else ",",
        codes=folder,
        jobs=arguments.jobs,
    )
    try:
        return _with_progress_bar(run, wanted=not (arguments.quiet or arguments.json))
    except BrokenPipeError:  # who reads stdout has gone
        raise
    except OSError as error:  # a full disk, say; what was committed stays
        raise FieldError("OUT", f"cannot be written: {error.strerror}") from None
    except KeyboardInterrupt:
        goes_on = run.can_go_on and not files.is_stream
        advice = "the same command goes on from here" if goes_on else "OUT is not complete"
        if goes_on and arguments.overwrite:
            advice += ", without --overwrite"
        print(f"liveform: interrupted; {advice}", file=sys.stderr)
        raise


def _with_progress_bar(run: Run, *, wanted: bool) -> Progress:
    from dataclasses import replace

    from liveform.cli.batch.progress_bar import progress_bar

    with progress_bar(run.source.share_read, wanted=wanted) as report:
        return replace(run, report=report).go()


def _codes(arguments: Namespace, column: str | None) -> tuple[QrFiles | None, Codes | None]:
    if column is None:
        return None, None
    from functools import partial

    from liveform.cli.batch.building import Codes
    from liveform.cli.batch.qr_files import Drawing, QrFiles, file_name

    name = partial(file_name, column, arguments.qr_kind)
    return QrFiles(Path(arguments.qr_dir), column), Codes(name, Drawing(arguments.qr_kind).draw)


def _fingerprint(arguments: Namespace, project: Project, builder: RowBuilder) -> str:
    """Of the input, and of all that decides what a row becomes, but for the key."""
    from liveform.cli.batch.journal import CHUNKING, fingerprint_of

    passing = ("command", "overwrite", "jobs", "quiet", "json", "preview")
    options = {
        name: value
        for name, value in vars(arguments).items()
        if name not in passing and (name == "sheet_label" or not name.startswith("sheet"))
    }
    if arguments.input != _STREAM:
        found = Path(arguments.input).stat()
        options |= {"bytes": found.st_size, "modified": found.st_mtime_ns}
    return fingerprint_of(
        **options, chunking=CHUNKING, made_with=project.settings(), spelling=builder.spelling()
    )


def _sheet(arguments: Namespace, files: Files, plan: TablePlan, label: str) -> int:
    from liveform.cli.batch.formats import open_source
    from liveform.cli.batch.sheet import write_sheet

    with closing(open_source(files.output, _as_written(arguments, plan))) as source:
        return write_sheet(
            Path(arguments.sheet),
            source,
            url_column=arguments.url_column,
            label_column=label,
            title=arguments.sheet_title,
            font=_font(arguments),
        )


def _as_written(arguments: Namespace, plan: TablePlan) -> ReadOptions:
    """How the output is read: as the input was, for CSV is written as it was read."""
    from liveform.cli.batch.formats import ReadOptions
    from liveform.cli.batch.writing.csv_lines import CsvLines

    output = _output(arguments, plan)
    if not isinstance(output, CsvLines):
        return ReadOptions(format=arguments.format)
    style = output.style
    return ReadOptions(arguments.format, style.encoding.name, style.separator)
