"""The pages of the simulator."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale

from liveform import Pipeline
from webhelper.simulator import labels as texts
from webhelper.simulator.admission import refusal, token_of
from webhelper.simulator.error_pages import ERROR_PAGES, Kind
from webhelper.simulator.form_query import query_text, read_query
from webhelper.simulator.return_url import (
    DYNAMIC_FIELDS,
    ERROR_CODE,
    FROM_THE_URL,
    KNOWLEDGE,
    KYC_STATUS,
    SUBMISSION_ID,
    Choice,
    claims_of,
    new_submission_id,
    read_choice,
    return_url,
)
from webhelper.simulator.token_states import TokenMemory, TokenState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from werkzeug.datastructures import MultiDict

    from liveform import Project
    from webhelper.simulator.findings import FormFindings

_LANGUAGES: Final = ("en", "ko")
_DECISIONS: Final = (TokenState.APPROVED, TokenState.PENDING, TokenState.REJECTED)
_ERROR: Final = "error"


class Pages:
    """The views of the simulator.

    Args:
        projects: the projects by name.
        return_urls: the allowed Return URLs of each project; the first is the default.
        clock: returns the time with a time zone.
    """

    def __init__(
        self,
        projects: Mapping[str, Project],
        return_urls: Mapping[str, tuple[str, ...]],
        clock: Callable[[], datetime],
    ) -> None:
        self._projects = projects
        self._return_urls = return_urls
        self._clock = clock
        self._tokens = TokenMemory()
        self._origins = {_origin(project.base_url) for project in projects.values()}

    def form(self) -> Response:
        """Return the ID-document form, or redirect to an error page."""
        return self._open(knowledge=False)

    def knowledge_form(self) -> Response:
        """Return the Knowledge form, or redirect to an error page."""
        return self._open(knowledge=True)

    def _open(self, *, knowledge: bool) -> Response:
        choice = Choice(query_text(request.query_string), knowledge)
        findings = self._read(choice)
        kind = refusal(findings, now=self._clock(), tokens=self._tokens)
        return self._form_page(choice, findings) if kind is None else _to_error_page(kind, choice)

    def submit(self) -> Response:
        """Redirect to the Return URL or an error page, or show the result page, as the tester chose."""
        choice, outcome = _choice(request.form), request.form.get("outcome")
        if outcome == _ERROR:
            return _to_error_page(request.form.get(_ERROR, ""), choice)
        if outcome not in _DECISIONS:
            abort(HTTPStatus.BAD_REQUEST)
        findings = self._read(choice)
        kind = findings.unread or findings.fault
        if kind is not None or findings.project is None:
            return _to_error_page(kind or Kind.PID_UNKNOWN, choice)
        token = token_of(findings)
        if token is not None:
            self._tokens.decide(findings.project.pid, token, TokenState(outcome), self._clock())
        sid = findings.values["sid"] if findings.pipeline is Pipeline.INJECTION else new_submission_id()
        back = self._back(findings, choice, {KYC_STATUS: outcome, SUBMISSION_ID: str(sid)})
        # Browsers apply form-action to redirects too, so other origins get the result page with a link.
        if back is not None and _origin(back) in self._origins and not choice.result_page:
            return _redirect(back)
        return self._page("result", findings, outcome=outcome, back=back)

    def error_page(self, kind: str) -> Response:
        """Return an error page with a button that leads to the Return URL (RET 2026-04)."""
        choice, page = _choice(request.args), ERROR_PAGES.get(kind)
        if page is None:
            abort(HTTPStatus.NOT_FOUND)
        findings = self._read(choice)
        answer = self._page(
            "error_page",
            findings,
            error=page,
            back=self._back(findings, choice, {ERROR_CODE: page.code}),
            again=f"{url_for(_endpoint(choice))}?{choice.query}",
        )
        answer.status_code = page.status
        return answer

    def _read(self, choice: Choice) -> FormFindings:
        return read_query(choice.query, projects=self._projects, knowledge=choice.knowledge)

    def _back(self, findings: FormFindings, choice: Choice, made: dict[str, str]) -> str | None:
        """Return the Return URL; None if the project is unknown or has none."""
        allowed = self._return_urls.get(findings.project_name or "", ())
        if findings.project is None or not allowed:
            return None
        if choice.to >= len(allowed):
            abort(HTTPStatus.BAD_REQUEST)
        claims = claims_of(findings, choice.fields, **made)
        return return_url(findings.project, allowed[choice.to], claims, choice)

    def _form_page(self, choice: Choice, findings: FormFindings) -> Response:
        given = claims_of(findings, FROM_THE_URL)
        return self._page(
            "form",
            findings,
            choice=choice,
            knowledge=KNOWLEDGE if choice.knowledge else "",
            return_urls=self._return_urls.get(findings.project_name or "", ()),
            fields=[name for name in DYNAMIC_FIELDS if name in given or name not in FROM_THE_URL],
            error_pages=ERROR_PAGES,
            damages=texts.DAMAGES,
        )

    def _page(self, template: str, findings: FormFindings, **context: object) -> Response:
        language = re.split("[-_]", str(findings.values.get("lang", "")).lower())[0]
        with force_locale(language) if language in _LANGUAGES else nullcontext():
            page = render_template(
                f"simulator/{template}.html",
                findings=findings,
                texts=texts,
                form_language=get_locale(),
                **context,
            )
        return make_response(page)


def _choice(values: MultiDict[str, str]) -> Choice:
    """Return the choice in the values of a request."""
    try:
        return read_choice(values, query=query_text(values.get("query", "").encode(errors="replace")))
    except ValueError:
        abort(HTTPStatus.BAD_REQUEST)


def _to_error_page(kind: str, choice: Choice) -> Response:
    if kind not in ERROR_PAGES:
        abort(HTTPStatus.BAD_REQUEST)
    if kind == Kind.UNREADABLE:  # it may be too long for a URL
        choice = replace(choice, query="")
    return _redirect(url_for(".error_page", kind=str(kind), **choice.carried()))


def _redirect(url: str) -> Response:
    return make_response(redirect(url, HTTPStatus.SEE_OTHER))


def _endpoint(choice: Choice) -> str:
    return ".knowledge_form" if choice.knowledge else ".form"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
