"""How far a long command has come: a bar on stderr, drawn by tqdm where that is installed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from liveform.cli.batch.journal import Progress

_BAR: Final = "{percentage:3.0f}% |{bar}| {desc} [{elapsed}, {remaining} left]"


@contextmanager
def progress_bar(share: Callable[[], float], *, wanted: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function to call after each step; without tqdm, or where nobody looks, it draws nothing.

    Args:
        share: how much of the input has been read, 0 to 1.
        wanted: False draws nothing.
    """
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda _: None
        return
    tqdm.monitor_interval = 0  # no thread: worker processes are forked
    with tqdm(total=1.0, bar_format=_BAR, file=sys.stderr, dynamic_ncols=True) as bar:
        first = 0  # a run that goes on is not as quick as it looks

        def report(progress: Progress) -> None:
            nonlocal first
            first = first or progress.rows
            rate = (progress.rows - first) / max(bar.format_dict["elapsed"], 0.001)
            bar.set_description_str(f"{progress.rows:,} rows, {rate:,.0f} a second", refresh=False)
            bar.update(share() - bar.n)

        yield report
