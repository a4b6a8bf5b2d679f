"""``liveform reconcile``: ask the vendor's API about open visits, for webhooks that never came."""

from __future__ import annotations

import time
from collections import Counter
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from liveform import ConfigError
from webhelper.commands.moments import since
from webhelper.commands.output import WIDTH, shown
from webhelper.confirmation.calls import CallPace
from webhelper.confirmation.comparison import Scope, Verdict, Way
from webhelper.confirmation.reconcile import Reconciler

if TYPE_CHECKING:
    from webhelper.commands.call import Call
    from webhelper.commands.output import Output
    from webhelper.confirmation.comparison import CheckedVisit, Report

_PROJECT_CHARS: Final = 12  # what is left of 80 columns


def reconcile(call: Call) -> int:
    """Ask about open visits; exit code 1 if calls failed.

    Raises:
        ConfigError: no project has an API key, or not the one that was named.
    """
    arguments, output = call.arguments, call.output
    scope = Scope(
        since=since(arguments.since, now=call.now),
        project=_askable_project(call),
        limit=arguments.limit,
        after=arguments.after,
        rejected=arguments.rejected,
    )
    pace = CallPace(arguments.per_second)
    reconciler = Reconciler(call.services.links.store, call.services.vendor_api, pace, time.time)
    if arguments.dry_run:
        return _plan(reconciler, scope, output)
    asked: list[dict[str, Any]] = []

    def on_checked(one: CheckedVisit) -> None:
        if one.way is not Way.NONE:
            output.line(_line(one))
            asked.append(_members(one))

    report = reconciler.run(scope, on_checked=on_checked)
    for line in _summary(report):
        output.line(line)
    counts = {"counts": report.counts(), "stopped": report.stopped, "next": report.next}
    output.document({"visits": asked, **counts})
    return 1 if report.verdicts[Verdict.FAILED] else 0


def _askable_project(call: Call) -> str | None:
    """Return the project that is named, if the API of it, or else of any, can be asked."""
    name = call.project()
    names = call.services.settings.projects if name is None else [name]
    if not any(map(call.services.vendor_api.can_ask, names)):
        setting = "PROJECTS" if name is None else f"PROJECTS.{name}"
        raise ConfigError((setting, "needs an api_key; without one, the vendor's API cannot be asked"))
    return name


def _line(one: CheckedVisit) -> str:
    status = one.problem or _status(one) or "-"
    verdict = one.verdict.replace("_", " ")
    return (
        f"{verdict:<10}  {shown(status):<11.11}  {one.way:<4}  {one.visit_id}  {one.project[:_PROJECT_CHARS]}"
    )


def _status(one: CheckedVisit) -> str | None:
    """Return what the vendor says of a visit that it knows."""
    if one.verdict in (Verdict.NOT_FOUND, Verdict.FAILED) or one.outcome is None:
        return None
    return one.outcome.result


def _members(one: CheckedVisit) -> dict[str, Any]:
    return {
        "visit_id": one.visit_id,
        "project": one.project,
        "asked_by": one.way.value,
        "verdict": one.verdict.value,
        "status": _status(one),
        "problem": one.problem,
    }


def _summary(report: Report) -> list[str]:
    others = [(name, number) for name, number in report.counts().items() if number and name != "asked"]
    counts = [f"{number:,} {name.replace('_', ' ')}" for name, number in others]
    lines = wrap(", ".join([f"{report.asked:,} asked", *counts]), WIDTH)
    lines += [f"{project} was asked no more: {shown(code)}" for project, code in report.stopped.items()]
    if report.next is not None:
        lines.append(f"more are open: go on with --after {report.next}")
    return lines


def _plan(reconciler: Reconciler, scope: Scope, output: Output) -> int:
    ways: Counter[Way] = Counter()
    visits = []
    for visited_link, way in reconciler.plan(scope):
        ways[way] += 1
        if way is not Way.NONE:
            project = visited_link.link.spec.project
            output.line(f"would ask by {way:<4}  {visited_link.visit.id}  {project[:_PROJECT_CHARS]}")
            visits.append({"visit_id": visited_link.visit.id, "project": project, "asked_by": way.value})
        if len(visits) == scope.limit:
            break
    counts = {"would_ask": len(visits), "unknown": ways[Way.NONE]}
    output.line(f"{counts['would_ask']:,} would be asked, {counts['unknown']:,} unknown; nothing was sent")
    output.document({"visits": visits, "counts": counts})
    return 0
