"""These tests read how a tester lets a check end, and keep it."""

import pytest

from liveform import Pipeline
from webhelper.simulator.admission import refusal
from webhelper.simulator.codes import (
    FACE_AUTH_FAIL_CODES,
    INJECTION_FAIL_CODES,
    REJECT_CODES,
    RETRY_CODES,
)
from webhelper.simulator.decision import Decision, keep, read_decision
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.findings import FormFindings
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_decision_has_the_outcome_and_codes_of_the_form() -> None:
    """A decision has the outcome; an empty code counts as none."""
    read = read_decision({"outcome": "rejected", "reject_code": "expired_id", "retry_code": ""})
    assert read == Decision(outcome="rejected", reject_code="expired_id")


@pytest.mark.parametrize("code", [*REJECT_CODES, *RETRY_CODES, *INJECTION_FAIL_CODES, *FACE_AUTH_FAIL_CODES])
def test_decision_takes_every_code_of_the_vendor(code: str) -> None:
    """Every code of our lists is one that a form may send (rows 8.3, 9.22, 12.1, 12.2)."""
    assert read_decision({"outcome": "rejected", "reject_code": code}).reject_code == code


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"outcome": ""},
        {"outcome": "Approved"},
        {"outcome": "approved", "reject_code": "a b"},
        {"outcome": "approved", "fail_code": "\n"},
        {"outcome": "approved", "retry_code": "x" * 65},
    ],
)
def test_decision_without_outcome_or_with_a_wrong_code_is_refused(values: dict[str, str]) -> None:
    """A decision needs an outcome, and codes of 1 to 64 letters, digits, underscores and hyphens."""
    with pytest.raises(ValueError, match=r"unknown outcome|not a code"):
        read_decision(values)


def test_nothing_is_kept_without_a_project(sandbox: Sandbox) -> None:
    """Findings without a project keep nothing, and need no token id."""
    nothing = FormFindings(pipeline=Pipeline.ID_DOCUMENT)
    assert keep(sandbox, nothing, Decision(outcome="approved")) is Kind.PID_UNKNOWN
    assert refusal(nothing, sandbox) is None


def test_codes_count_for_their_outcome_alone(sandbox: Sandbox) -> None:
    """A reject code of an approved submission has no effect."""
    dashboard = sandbox.dashboards["plain"]
    findings = FormFindings(pipeline=Pipeline.ID_DOCUMENT, project_name="plain", project=dashboard.project)
    kept = keep(sandbox, findings, Decision(outcome="approved", reject_code="expired_id"))
    assert sandbox.submissions.get(str(kept)).item["kyc"]["commentCode"] == []
