"""Completes a form without a browser: what the pages of the form do, for a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from webhelper.simulator.admission import refusal
from webhelper.simulator.decision import keep
from webhelper.simulator.error_pages import ERROR_PAGES, Kind
from webhelper.simulator.form_query import query_text, read_query
from webhelper.simulator.return_url import (
    ERROR_CODE,
    KYC_STATUS,
    SUBMISSION_ID,
    Choice,
    claims_of,
    return_url,
    ticked_fields,
)

if TYPE_CHECKING:
    from webhelper.simulator.decision import Decision
    from webhelper.simulator.findings import FormFindings
    from webhelper.simulator.sandbox.sandbox import Sandbox

_KNOWLEDGE: Final = "/knowledge"


@dataclass(frozen=True, slots=True, repr=False)
class Completion:
    """How a form ended.

    Attributes:
        return_url: where the browser goes; None if the project has no Return URL.
        submission_id: of the submission; None after an error page.
        error_code: of the error page; None without one.
    """

    return_url: str | None
    submission_id: str | None = None
    error_code: str | None = None


def complete(sandbox: Sandbox, url: str, decision: Decision) -> Completion:
    """Open a form URL and end its check.

    Raises:
        ValueError: it is not a URL.
    """
    parts = urlsplit(url)
    projects = {name: dashboard.project for name, dashboard in sandbox.dashboards.items()}
    knowledge = parts.path.rstrip("/").endswith(_KNOWLEDGE)
    query = query_text(parts.query.encode(errors="replace"))
    findings = read_query(query, projects=projects, knowledge=knowledge)
    kept = refusal(findings, sandbox) or keep(sandbox, findings, decision)
    if isinstance(kept, Kind):
        code = ERROR_PAGES[kept].code
        return Completion(_back(sandbox, findings, {ERROR_CODE: code}), error_code=code)
    made = {KYC_STATUS: sandbox.submissions.get(kept).status, SUBMISSION_ID: kept}
    return Completion(_back(sandbox, findings, made), submission_id=kept)


def _back(sandbox: Sandbox, findings: FormFindings, made: dict[str, str]) -> str | None:
    dashboard = sandbox.dashboards.get(findings.project_name or "")
    if dashboard is None or not dashboard.return_urls:
        return None
    claims = claims_of(findings, ticked_fields(dashboard), **made)
    choice = Choice("", encrypt=dashboard.return_encrypted)
    return return_url(dashboard.project, dashboard.return_urls[0], claims, choice)
