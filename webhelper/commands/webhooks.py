"""``liveform webhooks``: list, show and replay the webhooks that the inbox keeps."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from liveform import FieldError
from webhelper.commands.moments import as_column, as_text, since
from webhelper.commands.output import facts, indented_json, table
from webhelper.errors import UnknownEventError
from webhelper.links.stores.inbox import EventFilter, EventState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from webhelper.commands.call import Call
    from webhelper.links.stores.inbox import InboxStore, KeptEvent, RefusedCount

REFUSED_DAYS: Final = 7
_HEADER: Final = ("number", "time (UTC)", "project", "trigger", "submission", "sent", "state", "problem")
_CUT: Final = ("problem", "trigger", "project", "submission")
_PAGE: Final = 500


def list_events(call: Call) -> int:
    """Print the newest events, and how many deliveries were refused lately."""
    inbox, arguments = call.services.links.store.inbox, call.arguments
    wanted = EventFilter(
        project=call.project(),
        trigger=arguments.trigger,
        state=None if arguments.state is None else EventState(arguments.state),
        submission_id=arguments.submission,
    )
    events = inbox.page(wanted, limit=arguments.limit)
    refused = inbox.refused(days=REFUSED_DAYS, now=call.now)
    for line in [*_table(events), _refused_line(refused)]:
        call.output.line(line)
    counts = [one._asdict() for one in refused]
    call.output.document({"webhooks": [_members(one) for one in events], "refused": counts})
    return 0


def _table(events: Sequence[KeptEvent]) -> list[str]:
    return table(_HEADER, [_row(one) for one in events], cut=_CUT) if events else ["no webhooks"]


def _row(kept: KeptEvent) -> tuple[object, ...]:
    event = kept.event
    received = as_column(kept.received_at)
    about = (event.project, event.trigger, event.submission_id)
    return (kept.number, received, *about, kept.deliveries, kept.state, kept.problem)


def _refused_line(refused: Sequence[RefusedCount]) -> str:
    times: Counter[str] = Counter()
    for one in refused:
        times[one.reason] += one.times
    reasons = ", ".join(f"{reason} {number:,}" for reason, number in times.most_common())
    return f"refused in the last {REFUSED_DAYS} days: {reasons or 'none'}"


def _members(kept: KeptEvent) -> dict[str, Any]:
    """Return what is printed of an event, which is nothing personal."""
    return {
        "number": kept.number,
        "project": kept.event.project,
        "trigger": kept.event.trigger,
        "submission_id": kept.event.submission_id,
        "occurred_at": as_text(kept.event.occurred_at),
        "received_at": as_text(kept.received_at),
        "last_received_at": as_text(kept.last_received_at),
        "deliveries": kept.deliveries,
        "state": kept.state.value,
        "attempts": kept.attempts,
        "replays": kept.replays,
        "problem": kept.problem,
        "visit_id": kept.visit_id,
    }


def show_event(call: Call) -> int:
    """Print the facts of one event, and with ``--body`` its members.

    Raises:
        UnknownEventError: there is none of this number.
    """
    kept = call.services.links.store.inbox.get(call.arguments.number)
    if kept is None:
        raise UnknownEventError
    members = _members(kept)
    for line in facts(members):
        call.output.line(line)
    if call.arguments.body:
        members["body"] = dict(kept.event.members)
        call.output.line(indented_json(members["body"]))
    else:
        call.output.line("not shown: the body, which is personal (--body shows it)")
    call.output.document(members)
    return 0


def replay_events(call: Call) -> int:
    """Make events due again; exit code 1 if one of the numbers is not in the inbox.

    Raises:
        FieldError: neither or both of numbers and ``--failed`` are given, or ``--since`` without that.
    """
    inbox = call.services.links.store.inbox
    numbers = _numbers(call, inbox)
    replayed = [number for number in numbers if inbox.replay(number, now=call.now)]
    unknown = sorted(set(numbers) - set(replayed))
    if unknown:
        call.output.line(f"not in the inbox: {', '.join(map(str, unknown))}")
    call.output.line(f"{len(replayed):,} due again{_who_works_them(call) if replayed else ''}")
    call.output.document({"replayed": replayed, "unknown": unknown})
    return 1 if unknown else 0


def _numbers(call: Call, inbox: InboxStore) -> list[int]:
    """Return the numbers to replay: those that are given, each once, or those that failed."""
    arguments = call.arguments
    if bool(arguments.numbers) == arguments.failed:
        raise FieldError("webhooks replay", "needs numbers of webhooks, or --failed")
    if arguments.failed:
        earliest = 0.0 if arguments.since is None else since(arguments.since, now=call.now)
        return list(_failed(inbox, earliest))
    if arguments.since is not None:
        raise FieldError("--since", "goes with --failed")
    return list(dict.fromkeys(arguments.numbers))


def _failed(inbox: InboxStore, earliest: float) -> Iterator[int]:
    """Yield the numbers of failed events that came last at ``earliest`` or later."""
    failed, before = EventFilter(state=EventState.FAILED), None
    while events := inbox.page(failed, limit=_PAGE, before=before):
        yield from (one.number for one in events if one.last_received_at >= earliest)
        before = events[-1].number


def _who_works_them(call: Call) -> str:
    if call.services.settings.background_jobs:
        return "; a running web helper works them within a moment"
    return "; BACKGROUND_JOBS is off here, so another process has to work them"
