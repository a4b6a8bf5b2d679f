"""The hosted form of the FaceAuth add-on (row 8.1): its URL, and what it keeps."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from liveform import Ecb, Gcm, LiveformError
from webhelper.simulator.admission import REFUSED_TOKENS, submission_of
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.form_query import MAX_PARAMETERS, MAX_QUERY_CHARS
from webhelper.simulator.sandbox.changes import authenticate
from webhelper.simulator.sandbox.clock import iso
from webhelper.simulator.sandbox.face_auths import FaceAuth
from webhelper.simulator.sandbox.form import use_up
from webhelper.simulator.sandbox.images import grey_png
from webhelper.simulator.token_states import use_token

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox

# Name inside ``encrypted`` -> name in the API and in the event.
_USER: Final = {
    "authUserId": "userId",
    "authCf1": "cf1",
    "authCf2": "cf2",
    "authCf3": "cf3",
    "token": "token",
}
_SID: Final = "sid"
_SHADE: Final = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceAuthFindings:
    """How the vendor reads the URL of a face authentication.

    Attributes:
        dashboard: of the project; None without a known pid.
        members: what it understood, by the names inside ``encrypted``.
        ignored: names that have no effect: all in plain but pid and encrypted, and unknown ones.
        problem: the error page if the URL cannot open the form; None if it can.
    """

    dashboard: Dashboard | None = None
    members: Mapping[str, str] = field(default_factory=dict, repr=False)
    ignored: tuple[str, ...] = ()
    problem: Kind | None = None


def read_face_auth(query: str, sandbox: Sandbox) -> FaceAuthFindings:
    """Return how the vendor reads the query of a face authentication's URL."""
    try:
        if len(query) > MAX_QUERY_CHARS:
            return FaceAuthFindings(problem=Kind.UNREADABLE)
        plain = dict(reversed(parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)))
    except ValueError:
        return FaceAuthFindings(problem=Kind.UNREADABLE)
    pid = plain.get("pid")
    if not pid:
        return FaceAuthFindings(problem=Kind.PID_MISSING)
    dashboard = next((one for one in sandbox.dashboards.values() if one.face_auth_pid == pid), None)
    if dashboard is None:
        return FaceAuthFindings(problem=Kind.PID_UNKNOWN)
    opened = _opened(dashboard, plain.get("encrypted", ""))
    known = {name: value for name, value in (opened or {}).items() if name in (*_USER, _SID)}
    members = {name: value for name, value in known.items() if isinstance(value, str)}
    ignored = [*(set(plain) - {"pid", "encrypted"}), *(set(opened or {}) - set(members))]
    problem = Kind.UNOPENED if opened is None else None if _SID in members else Kind.SID_MISSING
    return FaceAuthFindings(
        dashboard=dashboard, members=members, ignored=tuple(sorted(ignored)), problem=problem
    )


def _opened(dashboard: Dashboard, text: str) -> dict[str, Any] | None:
    options: dict[str, Any] = dashboard.project.settings()
    key, is_gcm = dashboard.face_auth_key or "", options["cipher"] == "gcm"
    try:
        cipher = Gcm(key, options["gcm_layout"]) if is_gcm else Ecb(key, options["ecb_layout"])
        opened = json.loads(cipher.decrypt_text(text))
    except (LiveformError, ValueError, RecursionError):
        return None
    return opened if isinstance(opened, dict) else None


def face_auth_refusal(findings: FaceAuthFindings, sandbox: Sandbox, *, opens: bool) -> Kind | None:
    """Return the error page that the user sees instead of the form; None if the form opens.

    Args:
        findings: from ``read_face_auth``.
        sandbox: what the simulator remembers.
        opens: whether the form opens, which uses the token id; or is sent.
    """
    if findings.problem is not None or findings.dashboard is None:
        return findings.problem
    submission = submission_of(sandbox, findings.dashboard.pid, findings.members[_SID])
    if submission is None:
        return Kind.SID_UNKNOWN
    if submission.status != "approved" or sandbox.images.get(submission.id, "selfieImage") is None:
        return Kind.SID_UNFIT
    token = findings.members.get("token")
    if token is None or not opens:
        return None
    return REFUSED_TOKENS.get(use_token(sandbox, str(findings.dashboard.face_auth_pid), token))


def keep_face_auth(
    findings: FaceAuthFindings, sandbox: Sandbox, fail_codes: Sequence[str]
) -> FaceAuth | None:
    """Keep an authentication, with its event; None if there is no project.

    Args:
        findings: from ``read_face_auth``, of a URL that opens the form.
        sandbox: what the simulator remembers.
        fail_codes: why it is rejected; empty if it is approved.
    """
    dashboard, now = findings.dashboard, sandbox.clock.now()
    if dashboard is None:
        return None
    face_auth = FaceAuth(
        id=sandbox.ids.other_id("face_auth"),
        pid=dashboard.pid,
        submission_id=findings.members[_SID],
        created_at=iso(now),
        submit_type="form",
        user={_USER[name]: value for name, value in findings.members.items() if name in _USER},
        fail_codes=tuple(fail_codes),
        image=grey_png(_SHADE),
    )
    with sandbox.database.writing():
        authenticate(sandbox, dashboard, face_auth)
        if "token" in findings.members:
            pid = str(dashboard.face_auth_pid)
            use_up(sandbox, pid, findings.members["token"], face_auth.status, now=now)
    return face_auth
