"""Rows 6.1 to 6.8: screening for money laundering, and monitoring."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.contract.checks import hold, hold_members, names_of, refused, rows

if TYPE_CHECKING:
    from tests.contract.target import World
    from webhelper.simulator.sandbox.sandbox import Sandbox

WORKLIST = "worklist01"
RECORD = {
    "name",
    "id",
    "submissionId",
    "nationality",
    "status",
    "dob",
    "email",
    "memo",
    "tags",
    "admin",
    "updateTime",
    "openCount",
    "falsePositiveCount",
    "truePositiveCount",
    "discardedCount",
}


def flagged(world: World) -> str:
    """Return an approved submission that the simulator finds on a watch list."""
    return world.migrate(full_name="Red Flag", nationality="KOR")


@rows("6.1", "6.2")
def test_screening_needs_a_threshold_from_somewhere(world: World, sandbox: Sandbox) -> None:
    """The threshold is a number of the request or of the dashboard; without one the call is refused."""
    made = flagged(world)
    with refused("6.1", code="invalid_aml_threshold", status=400):
        world.call(lambda client: client.aml.run(made))
    result = world.call(lambda client: client.aml.run(made, threshold=0.8))
    hold_members("6.2", result.raw, {"message": str, "raw_data": dict})
    hold("6.2", "result" in result.raw, "no result")
    sent = json.loads(world.last_request().body)
    hold("6.1", sent == {"submissionId": made, "amlThreshold": 0.8}, "another body")
    own = next(iter(sandbox.dashboards.values()))
    sandbox.configure(replace(own, aml_threshold=0.8))
    world.call(lambda client: client.aml.run(made))


@rows("6.3")
def test_screening_refuses_with_codes(world: World, sandbox: Sandbox) -> None:
    """A submission that is not approved, or has no country, is not screened."""
    with refused("6.3", code="invalid_submissionId", status=400):
        world.call(lambda client: client.aml.run("nothing000000", threshold=1))
    pending = world.check("pending")
    with refused("6.3", code="invalid_submissionId", status=400):
        world.call(lambda client: client.aml.run(pending, threshold=1))
    nowhere = world.migrate()
    with refused("6.3", code="invalid_country", status=400):
        world.call(lambda client: client.aml.run(nowhere, threshold=1))


@rows("6.4", "2.1", "9.24")
def test_report_is_a_pdf(world: World, sandbox: Sandbox) -> None:
    """The report of a Red Flag is a PDF file; its resourceId comes with request_type=aml."""
    made = flagged(world)
    world.call(lambda client: client.aml.run(made, threshold=1))
    found = world.call(lambda client: client.submissions.get(made, request_type="aml"))
    hold_members("6.4", found.raw.get("aml"), {"currentstatus": str, "resourceId": str})
    hold("9.24", found.aml["currentstatus"] == "Red Flag", "another status")
    content = world.call(lambda client: client.aml.report(found.aml["resourceId"]))
    hold("6.4", content.startswith(b"%PDF-"), "no PDF")
    hold("6.4", world.last_request().path == "/report/aml", "another endpoint")
    with refused("6.4", status=400):
        world.call(lambda client: client.aml.report("nothing"))


@rows("6.5", "6.7", "6.8", "10.7")
def test_monitoring_begins_and_ends(world: World, sandbox: Sandbox) -> None:
    """A submission goes on a worklist, its record is read, and the record is taken off."""
    made = world.migrate(nationality="KOR")
    done = world.call(lambda client: client.aml.monitor_add(WORKLIST, [made, "nothing"], admin=world.admin))
    hold("6.5", (done.success_count, done.failed_count) == (1, 1), "other counts")
    hold("6.5", (done.successes[0].submission_id, done.failures[0].submission_id) == (made, "nothing"), "ids")
    hold("6.5", done.failures[0].error is not None, "a failure has no error")
    (record_id,) = done.successes[0].record_ids
    record = world.call(lambda client: client.aml.monitor_get(WORKLIST, record_id))
    hold("6.7", names_of(record.raw) == RECORD, "other members")
    hold("6.7", (record.record_id, record.submission_id) == (record_id, made), "another record")
    path = f"/submission/aml/monitor/{WORKLIST}/{record_id}"
    hold("6.7", world.last_request().path == path, "another path")
    gone = world.call(lambda client: client.aml.monitor_remove(WORKLIST, [record_id], admin=world.admin))
    hold("6.8", gone is not None, "no acknowledgement")
    with refused("6.8", code="invalid_record", status=400):
        world.call(lambda client: client.aml.monitor_remove(WORKLIST, [record_id], admin=world.admin))


@rows("6.6")
def test_monitoring_refuses_with_codes(world: World, sandbox: Sandbox) -> None:
    """Wrong worklists, admins and submissions each have a code; if all fail, the status is 500."""
    made, admin = world.migrate(), world.admin
    with refused("6.6", code="invalid_worklist", status=400):
        world.call(lambda client: client.aml.monitor_add("other", [made], admin=admin))
    with refused("6.6", code="invalid_admin", status=400):
        world.call(lambda client: client.aml.monitor_add(WORKLIST, [made], admin="stranger@example.com"))
    with refused("6.6", code="all_submissions_failed", status=500):
        world.call(lambda client: client.aml.monitor_add(WORKLIST, ["nothing"], admin=admin))
    hold("6.6", world.waits.slept == [], "it was sent again")
