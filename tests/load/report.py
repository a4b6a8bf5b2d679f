"""What a run has shown, as tables of Markdown."""

from __future__ import annotations

from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Final

from tests.load.memory import FLAT, growth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.load.run import Findings

PAGE: Final = Path(__file__).parents[2] / "docs" / "load.md"
_MEBI: Final = 2**20
_LEAST: Final = 3  # samples, of which each third has one
WARM_S: Final = 120.0  # of a shorter run, memory is not judged: caches fill at the beginning


def write(engine: str, findings: Findings) -> None:
    """Put the tables into docs/load.md, between the marks of an engine."""
    text = PAGE.read_text(encoding="utf-8")
    start, end = f"<!-- {engine}: made by `make load` -->\n", f"<!-- end of {engine} -->"
    before, _, rest = text.partition(start)
    lines = "\n".join(["", *lines_of(findings), ""])
    PAGE.write_text(f"{before}{start}{lines}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def lines_of(findings: Findings) -> Iterator[str]:
    """Yield the lines of the tables."""
    total = sum(map(len, findings.took.values()))
    rate = f"{total:,} answers in {findings.lasted_s:.1f} s, {total / findings.lasted_s:,.0f} a second"
    yield f"{rate}; the last webhook was worked {findings.worked_after_s:.1f} s later."
    yield ""
    yield "| request | answers | median | 95 % | 99 % | 99.9 % | slowest |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind, took in sorted(findings.took.items()):
        yield f"| {kind} | {len(took):,} | {' | '.join(_times(took))} |"
    yield ""
    yield "| what was acknowledged | times | in the store at the end |"
    yield "|---|---:|---:|"
    for name, told, held in findings.books:
        yield f"| {name} | {told:,} | {held:,}{'' if told == held else ' ✗'} |"
    yield ""
    yield from _processes(findings)
    for error, times in findings.errors.items():
        yield f"✗ {times} x {error}"


def _processes(findings: Findings) -> Iterator[str]:
    yield f"| process | processor time | memory (PSS), first third | last third | ratio ≤ {FLAT} | most RSS |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, seconds in findings.processor_s.items():
        busy = f"{seconds / findings.lasted_s:.0%}"
        samples = findings.samples.get(name, [])
        if len(samples) < _LEAST:
            yield f"| {name} | {busy} | | | | |"
            continue
        grown = growth(samples)
        amounts = f"{grown.first / _MEBI:.1f} MiB | {grown.last / _MEBI:.1f} MiB"
        ratio = f"{grown.last / grown.first:.3f}{'' if grown.is_flat or not _is_warm(findings) else ' ✗'}"
        yield f"| {name} | {busy} | {amounts} | {ratio} | {grown.most_rss / _MEBI:.1f} MiB |"


def is_flat(findings: Findings) -> bool:
    """Return whether the memory of no process has grown, as far as the run was long enough to tell."""
    return not _is_warm(findings) or all(growth(samples).is_flat for samples in findings.samples.values())


def _is_warm(findings: Findings) -> bool:
    return findings.lasted_s >= WARM_S


def _times(took: Sequence[float]) -> Iterator[str]:
    """Yield percentiles in milliseconds."""
    points = quantiles(took, n=1000, method="inclusive") if len(took) > 1 else [took[0]] * 999
    for point in (points[499], points[949], points[989], points[998], max(took)):
        yield f"{point * 1000:.1f} ms"
