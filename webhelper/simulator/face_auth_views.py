"""The pages of the FaceAuth add-on's form. No Return URL is documented for it: it ends on a result page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, abort, make_response, render_template, request
from flask_babel import get_locale

from webhelper.simulator import codes
from webhelper.simulator.error_pages import ERROR_PAGES, Kind
from webhelper.simulator.face_auth import (
    FaceAuthFindings,
    face_auth_refusal,
    keep_face_auth,
    read_face_auth,
)
from webhelper.simulator.form_query import query_text

if TYPE_CHECKING:
    from webhelper.simulator.sandbox.sandbox import Sandbox


class FaceAuthPages:
    """The views of the form for a face authentication.

    Args:
        sandbox: what the simulator remembers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def form(self) -> Response:
        """Return the form, or an error page."""
        query = query_text(request.query_string)
        findings = read_face_auth(query, self._sandbox)
        kind = face_auth_refusal(findings, self._sandbox, opens=True)
        if kind is not None:
            return _error(findings, kind)
        return _page("face_auth", findings, query=query, codes=codes)

    def submit(self) -> Response:
        """Keep the authentication, and return the result page."""
        outcome, code = request.form.get("outcome"), request.form.get("fail_code", "")
        if outcome not in ("approved", "rejected") or code not in codes.FACE_AUTH_FAIL_CODES:
            abort(HTTPStatus.BAD_REQUEST)
        query = query_text(request.form.get("query", "").encode(errors="replace"))
        findings = read_face_auth(query, self._sandbox)
        kind = face_auth_refusal(findings, self._sandbox, opens=False)
        if kind is not None:
            return _error(findings, kind)
        keep_face_auth(findings, self._sandbox, () if outcome == "approved" else (code,))
        return _page("result", findings, outcome=outcome, back=None)


def _error(findings: FaceAuthFindings, kind: Kind) -> Response:
    answer = _page(
        "error_page", FaceAuthFindings(ignored=findings.ignored), error=ERROR_PAGES[kind], back=None
    )
    answer.status_code = ERROR_PAGES[kind].status
    return answer


def _page(template: str, findings: FaceAuthFindings, **context: object) -> Response:
    return make_response(
        render_template(
            f"simulator/{template}.html", findings=findings, form_language=get_locale(), **context
        )
    )
