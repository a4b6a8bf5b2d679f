"""How a tester lets a simulated check end, and what the sandbox keeps of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from liveform import Pipeline
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.sandbox.errors import NoCreditsError
from webhelper.simulator.sandbox.rules import CODE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from webhelper.simulator.findings import FormFindings
    from webhelper.simulator.sandbox.sandbox import Outcome, Sandbox

OUTCOMES: Final = ("approved", "pending", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a check ends.

    Attributes:
        outcome: the status; for an injection, ``rejected`` means that it fails.
        reject_code: why it is rejected (row 12.1); None leaves it to the sandbox.
        retry_code: why the first attempt failed (row 12.2); None if it did not.
        fail_code: why an injection fails (row 9.22).
    """

    outcome: Outcome
    reject_code: str | None = None
    retry_code: str | None = None
    fail_code: str | None = None


def read_decision(values: Mapping[str, str]) -> Decision:
    """Return the decision from form values.

    Raises:
        ValueError: the outcome is unknown, or a code is not one to 64 letters, digits, _ and -.
    """
    outcome = values.get("outcome", "")
    if outcome not in OUTCOMES:
        raise ValueError("unknown outcome")
    codes = {name: values.get(name) or None for name in ("reject_code", "retry_code", "fail_code")}
    if not all(code is None or CODE.holds(code) for code in codes.values()):
        raise ValueError("not a code")
    return Decision(outcome=cast("Outcome", outcome), **codes)


def keep(sandbox: Sandbox, findings: FormFindings, decision: Decision) -> str | Kind:
    """Keep a submission or an injection. Return the submission's id, or the error page if that is refused.

    Args:
        sandbox: what remembers.
        findings: a form URL that opens the form of a known project.
        decision: how the check ends.
    """
    if findings.project is None:
        return Kind.PID_UNKNOWN
    values = {one.row.plain_name: one.value for one in findings.understood}
    if findings.pipeline is Pipeline.INJECTION:
        sid = str(findings.values["sid"])
        failed = decision.outcome == "rejected"
        sandbox.inject(sid, values, fail_code=decision.fail_code if failed else None)
        return sid
    try:
        submission_id = sandbox.begin(findings.project.pid, values, pipeline=findings.pipeline)
    except NoCreditsError:
        return Kind.NO_CREDITS
    if decision.retry_code is not None:
        sandbox.retry(submission_id, decision.retry_code)
    codes = () if decision.reject_code is None else (decision.reject_code,)
    sandbox.finish(submission_id, decision.outcome, codes=codes if decision.outcome == "rejected" else ())
    return submission_id
