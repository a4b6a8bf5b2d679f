"""This module writes the results as a Markdown table, and as SVG plots in docs/."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from tests.benchmarks.harness import Curve, Result, Walk

DOCS: Final = Path(__file__).parents[2] / "docs"
PAGE: Final = DOCS / "benchmarks.md"
PLOTS: Final = DOCS / "benchmarks"
_FIGURES: Final = ("<!-- figures: made by `make bench` -->", "<!-- end of figures -->")
_WALKS: Final = ("<!-- walks: made by `make bench` -->", "<!-- end of walks -->")
_STEPS: Final = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
_INK, _MUTED, _OURS, _MISSED = "#1f2933", "#7b8794", "#2f6fed", "#d64545"


def table(results: Iterable[Result]) -> str:
    """Return the Markdown table of the results."""
    lines = [
        "| work | reference | ours | theirs | ratio | goal |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for result in results:
        relation = "≥" if result.unit == "/s" else "≤"
        sign = "" if result.met else " ✗"
        lines.append(
            f"| {result.work} | {result.reference} | {amount(result.ours, result.unit)} | "
            f"{amount(result.theirs, result.unit)} | {result.ratio:.2f}{sign} | {relation} {result.goal:g} |"
        )
    return "\n".join(lines)


def amount(value: float, unit: str) -> str:
    """Return a value with a fitting unit: ``7.21 µs``, ``3,410 /s``, ``2,904 B``."""
    if unit != "s":
        return f"{value:,.0f} {unit}"
    factor, name = next(((factor, name) for factor, name in _STEPS if value >= factor), _STEPS[-1])
    return f"{value / factor:.3g} {name}"


def walks_table(walks: Iterable[Walk]) -> str:
    """Return the Markdown table of the files that each work enters."""
    lines = ["| work | files entered | entered again | together |", "|---|---:|---:|---:|"]
    for walk in walks:
        together = f"{walk.entered + walk.again}{'' if walk.met else ' ✗'} ≤ {walk.most}"
        lines.append(f"| {walk.work} | {walk.entered} | {walk.again} | {together} |")
    return "\n".join(lines)


def write(results: Sequence[Result], curves: Sequence[Curve], walks: Sequence[Walk]) -> None:
    """Put tables and plots into docs/benchmarks.md, each kind between its two marks."""
    if results:
        PLOTS.mkdir(exist_ok=True)
        _save(_ratios(results), "ratios")
        for curve in curves:
            _save(_growth(curve), curve.name)
        plots = [("ratios", "Ratios and goals"), *((curve.name, curve.title) for curve in curves)]
        images = [f"![{title}](benchmarks/{name}.svg)" for name, title in plots]
        _put(_FIGURES, [_machine(), table(results), *images])
    if walks:
        _put(_WALKS, [walks_table(walks)])


def _put(marks: tuple[str, str], paragraphs: list[str]) -> None:
    start, end = marks
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(start)
    written = "\n\n".join([f"{before}{start}", *paragraphs, end])
    PAGE.write_text(written + rest.partition(end)[2], encoding="utf-8")


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in ("cryptography", "qrcode", "flask"))
    return f"Measured with Python {platform.python_version()} on {platform.machine()}; {packages}."


def _save(figure: Figure, name: str) -> None:
    import matplotlib as mpl

    mpl.rcParams.update({"svg.hashsalt": "liveform", "svg.fonttype": "none", "font.family": "sans-serif"})
    figure.savefig(PLOTS / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight", facecolor="white")


def _axes(width: float, height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height))
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=_INK, labelsize=9)
    return figure, axes


def _ratios(results: Sequence[Result]) -> Figure:
    """Return a plot with a bar for each result, where 1 is the goal and shorter is better."""
    figure, axes = _axes(8, 0.34 * len(results) + 1)
    names = [f"{result.work} / {result.reference}" for result in results]
    shares = [
        result.goal / result.ratio if result.unit == "/s" else result.ratio / result.goal
        for result in results
    ]
    colors = [_OURS if result.met else _MISSED for result in results]
    bars = axes.barh([*range(len(names))], shares, height=0.62, color=colors)
    axes.set_yticks([*range(len(names))], names)
    ratios = [f" {result.ratio:.2f}" for result in results]
    axes.bar_label(bars, ratios, label_type="center", fontsize=8, color="white")
    axes.axvline(1, color=_MUTED, linewidth=1, linestyle="--")
    axes.invert_yaxis()
    axes.set_xlabel("share of the goal that is used up (in the bar: the ratio to the reference)", fontsize=9)
    return figure


def _growth(curve: Curve) -> Figure:
    from matplotlib.ticker import MaxNLocator

    figure, axes = _axes(6.5, 3.6)
    for name, points in curve.lines.items():
        axes.plot(*zip(*points, strict=True), marker="o", markersize=3, linewidth=1.4, label=name)
    if curve.log_x:
        axes.set_xscale("log")
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_title(curve.title, fontsize=11, color=_INK, loc="left")
    axes.set_xlabel(curve.x_label, fontsize=9)
    axes.set_ylabel(curve.y_label, fontsize=9)
    axes.grid(axis="y", color="#e4e7eb", linewidth=0.8)
    axes.legend(frameon=False, fontsize=9)
    return figure
