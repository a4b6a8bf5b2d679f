"""What a run says at its end: how many URLs, and what has none, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from liveform.columns import called
from liveform.errors import shown
from liveform.wire.json_object import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.cli.batch.journal import Progress
    from liveform.cli.batch.run import Files
    from liveform.columns import Target


def summary_lines(
    progress: Progress, files: Files, targets: Mapping[str, Target], hidden: str = ""
) -> list[str]:
    """Return the lines for people.

    Args:
        progress: the count at the end.
        files: where the rows are.
        targets: where each column went.
        hidden: what is hidden in a sheet and was read all the same.
    """
    urls = progress.rows - progress.refused - progress.blank
    lines = [f"{counted(urls, 'URL')}: {printable(str(files.output))}"]
    if progress.refused:
        lines.append(f"{counted(progress.refused, 'row')} without a URL: {printable(str(files.errors))}")
    if progress.blank:
        lines.append(f"{counted(progress.blank, 'blank row')} skipped")
    outside = [f"{shown(column)} ({note})" for column, note in outside_of_urls(targets).items()]
    if outside:
        lines.append(f"not in the URLs: {', '.join(outside)}")
    if progress.unused:
        lines.append(f"named by an option, but in no row: {', '.join(map(called, progress.unused))}")
    if hidden:
        lines.append(f"read as well: {hidden}")
    return lines


def summary_data(
    progress: Progress, files: Files, targets: Mapping[str, Target], hidden: str = ""
) -> dict[str, object]:
    """Return the same for programs."""
    return {
        "rows": progress.rows,
        "refused": progress.refused,
        "blank": progress.blank,
        "ignored": list(outside_of_urls(targets)),
        "unused": progress.unused or [],
        "read_as_well": hidden or None,
        "output": str(files.output),
        "errors": str(files.errors) if progress.refused else None,
    }


def outside_of_urls(targets: Mapping[str, Target]) -> dict[str, str]:
    """Return the columns that do not go into the URLs, each with the reason."""
    return {column: target.note for column, target in targets.items() if target.parameter is None}


def counted(number: int, what: str) -> str:
    """Return a number with its noun, such as ``1 row`` or ``2,000 rows``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
