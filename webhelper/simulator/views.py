"""The views of the form: it opens, ends as the tester chose, and leads back."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import get_locale

from liveform import Pipeline
from webhelper.simulator import codes
from webhelper.simulator import labels as texts
from webhelper.simulator.admission import refusal, unknown_sid
from webhelper.simulator.decision import keep, read_decision
from webhelper.simulator.error_pages import ERROR_PAGES, Kind
from webhelper.simulator.form_query import query_text, read_query
from webhelper.simulator.languages import language_of
from webhelper.simulator.return_url import (
    DYNAMIC_FIELDS,
    ERROR_CODE,
    FROM_THE_URL,
    KNOWLEDGE,
    KYC_STATUS,
    SUBMISSION_ID,
    Choice,
    claims_of,
    read_choice,
    return_url,
    ticked_fields,
)
from webhelper.simulator.same_site import asked_host

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from webhelper.simulator.findings import FormFindings
    from webhelper.simulator.sandbox.dashboard import Dashboard
    from webhelper.simulator.sandbox.sandbox import Sandbox

_ERROR: Final = "error"


class Pages:
    """The views of the form.

    Args:
        sandbox: what the simulator remembers.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._projects = {name: one.project for name, one in sandbox.dashboards.items()}
        self._origins = {origin_of(project.base_url) for project in self._projects.values()}

    def form(self) -> Response:
        """Return the ID-document form, or redirect to an error page."""
        return self._open(knowledge=False)

    def knowledge_form(self) -> Response:
        """Return the Knowledge form, or redirect to an error page."""
        return self._open(knowledge=True)

    def _open(self, *, knowledge: bool) -> Response:
        choice = Choice(query_text(request.query_string), knowledge)
        findings = self._read(choice)
        kind = refusal(findings, self._sandbox)
        return self._form_page(choice, findings) if kind is None else _to_error_page(kind, choice)

    def submit(self) -> Response:
        """Redirect to the Return URL or an error page, or show the result page, as the tester chose."""
        choice = _choice(request.form)
        if request.form.get("outcome") == _ERROR:
            return _to_error_page(request.form.get(_ERROR, ""), choice)
        try:
            decision = read_decision(request.form)
        except ValueError:
            abort(HTTPStatus.BAD_REQUEST)
        findings = self._read(choice)
        kind = findings.unread or findings.fault or unknown_sid(findings, self._sandbox)
        kept = kind or keep(self._sandbox, findings, decision)
        if isinstance(kept, Kind):
            return _to_error_page(kept, choice)
        status = self._sandbox.submissions.get(kept).status
        back = self._back(findings, choice, {KYC_STATUS: status, SUBMISSION_ID: kept})
        # Browsers apply form-action to redirects too, so other origins get the result page with a link. Their
        # own is the one that they asked, which in a network is another than that of the projects.
        origins = {*self._origins, f"{request.scheme}://{asked_host()}".lower()}
        if back is not None and origin_of(back) in origins and not choice.result_page:
            return _redirect(back)
        return self._page("result", findings, outcome=decision.outcome, back=back)

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

    def _dashboard(self, findings: FormFindings) -> Dashboard | None:
        return self._sandbox.dashboards.get(findings.project_name or "")

    def _back(self, findings: FormFindings, choice: Choice, made: dict[str, str]) -> str | None:
        """Return the Return URL; None if the project is unknown or has none."""
        dashboard = self._dashboard(findings)
        if dashboard is None or not dashboard.return_urls:
            return None
        if choice.to >= len(dashboard.return_urls):
            abort(HTTPStatus.BAD_REQUEST)
        claims = claims_of(findings, choice.fields, **made)
        return return_url(dashboard.project, dashboard.return_urls[choice.to], claims, choice)

    def _form_page(self, choice: Choice, findings: FormFindings) -> Response:
        given = claims_of(findings, FROM_THE_URL)
        dashboard = self._dashboard(findings)
        return self._page(
            "form",
            findings,
            choice=choice,
            knowledge=KNOWLEDGE if choice.knowledge else "",
            dashboard=dashboard,
            return_urls=() if dashboard is None else dashboard.return_urls,
            ticked=() if dashboard is None else ticked_fields(dashboard),
            fields=[name for name in DYNAMIC_FIELDS if name in given or name not in FROM_THE_URL],
            is_injection=findings.pipeline is Pipeline.INJECTION,
            error_pages=ERROR_PAGES,
            codes=codes,
            damages=texts.DAMAGES,
        )

    def _page(self, template: str, findings: FormFindings, **context: object) -> Response:
        with language_of(findings.values.get("lang")):
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


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
