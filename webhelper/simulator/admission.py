"""Whether the form opens at this moment: the vendor's rules that depend on time and earlier visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from liveform import Pipeline
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.sandbox.errors import UnknownError
from webhelper.simulator.token_states import TokenState, use_token
from webhelper.simulator.wire import START_VALID_UNTIL, read_instant

if TYPE_CHECKING:
    from webhelper.simulator.findings import FormFindings
    from webhelper.simulator.sandbox.sandbox import Sandbox
    from webhelper.simulator.sandbox.submissions import Submission

REFUSED_TOKENS: Final = {
    TokenState.UNREGISTERED: Kind.TK_UNREGISTERED,
    TokenState.EXPIRED: Kind.TK_EXPIRED,
    TokenState.APPROVED: Kind.TK_APPROVED,
    TokenState.PENDING: Kind.TK_PENDING,
    TokenState.REJECTED: Kind.TK_REJECTED,
}


def refusal(findings: FormFindings, sandbox: Sandbox) -> Kind | None:
    """Return the error page that the user sees instead of the form; None if the form opens.

    startValidUntil is checked before every other check (QS 2026-04). The vendor does not document when it
    checks the token id; here, it is checked last.
    """
    if findings.unread is not None:
        return findings.unread
    until = read_instant(findings.values.get(START_VALID_UNTIL))
    if until is not None and sandbox.clock.now() > until:
        return Kind.TOO_LATE
    return findings.fault or unknown_sid(findings, sandbox) or _refused_token(findings, sandbox)


def unknown_sid(findings: FormFindings, sandbox: Sandbox) -> Kind | None:
    """Return the error page for an injection into a submission that the project does not have (INJ)."""
    if findings.pipeline is not Pipeline.INJECTION or findings.project is None:
        return None
    pid, sid = findings.project.pid, str(findings.values.get("sid"))
    return None if submission_of(sandbox, pid, sid) is not None else Kind.SID_UNKNOWN


def submission_of(sandbox: Sandbox, pid: str, submission_id: str) -> Submission | None:
    """Return a submission of a project; None if there is none, or if it was deleted."""
    try:
        submission = sandbox.submissions.get(submission_id, pid=pid)
    except UnknownError:
        return None
    return None if submission.deleted else submission


def _refused_token(findings: FormFindings, sandbox: Sandbox) -> Kind | None:
    if any(one.row.name == "token_id" for one in findings.not_accepted):
        return Kind.TK_INVALID
    if findings.project is None:
        return None
    token = token_of(findings)
    if token is None:
        return Kind.TK_MISSING if sandbox.dashboard(findings.project.pid).private_mode else None
    return REFUSED_TOKENS.get(use_token(sandbox, findings.project.pid, token))


def token_of(findings: FormFindings) -> str | None:
    """Return the token id of a form URL, or None."""
    token = findings.values.get("token_id")
    return token if isinstance(token, str) else None
