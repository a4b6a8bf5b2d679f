"""Make the events of what has happened, thinned by projections."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from webhelper.simulator.sandbox.event_members import members_of
from webhelper.simulator.sandbox.items import thinned

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.sandbox.submissions import Submission
    from webhelper.simulator.sandbox.token_ids import TokenId


def announce(sandbox: Sandbox, trigger: str, submission: Submission, **given: object) -> int:
    """Keep an event about a submission, and return the id of the event.

    Args:
        sandbox: whose outbox takes it.
        trigger: the kind of event, such as ``approved``.
        submission: what it is about.
        **given: members of the event that are not in the submission.
    """
    dashboard = sandbox.dashboard(submission.pid)
    visible = as_visible(sandbox, submission)
    return emit(sandbox, dashboard, members_of(trigger, visible, given, older=dashboard.older_events))


def announce_expired(sandbox: Sandbox, token_id: TokenId) -> None:
    """Keep the event ``token_expired`` (row 9.27), if the dashboard has Token Expiration set."""
    dashboard = sandbox.dashboard_of_tokens(token_id.pid)
    expiration = dashboard.token_expiration
    if expiration is None:
        return
    counted = expiration.condition == "count"
    times: dict[str, object]
    times = {"expired_at": token_id.expired_at} if counted else {"expected_expired_at": token_id.expires_at}
    members: dict[str, object] = {
        "webhook_trigger": "token_expired",
        "token_id": token_id.token_id,
        "expired_condition": expiration.condition,
        "service": "idCheck" if token_id.pid == dashboard.pid else "faceAuth",
    }
    emit(sandbox, dashboard, members | times)


def emit(sandbox: Sandbox, dashboard: Dashboard, members: dict[str, object]) -> int:
    """Keep an event for the webhook URL of a project, and return the id of the event."""
    return sandbox.events.emit(
        dashboard.pid,
        members,
        url=dashboard.webhook_url,
        at=sandbox.clock.now(),
        delay=dashboard.event_delay,
    )


def as_visible(sandbox: Sandbox, submission: Submission) -> Submission:
    """Return a submission as its projection leaves it; whole if the projection is gone (row 7.8)."""
    if submission.projection is None:
        return submission
    projection = sandbox.projections.find(submission.pid, [submission.projection])
    if projection is None:
        return submission
    return replace(submission, item=thinned(submission.item, projection.fields))
