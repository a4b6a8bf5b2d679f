"""Whether the form opens at this moment: the vendor's rules that depend on time and earlier visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from webhelper.simulator.error_pages import Kind
from webhelper.simulator.token_states import TokenMemory, TokenState
from webhelper.simulator.wire import START_VALID_UNTIL, read_instant

if TYPE_CHECKING:
    from datetime import datetime

    from webhelper.simulator.findings import FormFindings

_REFUSED_TOKENS: Final = {
    TokenState.EXPIRED: Kind.TK_EXPIRED,
    TokenState.APPROVED: Kind.TK_APPROVED,
    TokenState.PENDING: Kind.TK_PENDING,
    TokenState.REJECTED: Kind.TK_REJECTED,
}


def refusal(findings: FormFindings, *, now: datetime, tokens: TokenMemory) -> Kind | None:
    """Return the error page that the user sees instead of the form; None if the form opens.

    startValidUntil is checked before every other check (QS 2026-04). The vendor does not document when it
    checks the token id; here, it is checked last.
    """
    if findings.unread is not None:
        return findings.unread
    until = read_instant(findings.values.get(START_VALID_UNTIL))
    if until is not None and now > until:
        return Kind.TOO_LATE
    return findings.fault or _refused_token(findings, now, tokens)


def _refused_token(findings: FormFindings, now: datetime, tokens: TokenMemory) -> Kind | None:
    if any(one.row.name == "token_id" for one in findings.not_accepted):
        return Kind.TK_INVALID
    token = token_of(findings)
    if findings.project is None or token is None:
        return None
    return _REFUSED_TOKENS.get(tokens.use(findings.project.pid, token, now))


def token_of(findings: FormFindings) -> str | None:
    """Return the token id of a form URL, or None."""
    token = findings.values.get("token_id")
    return token if isinstance(token, str) else None
