"""These tests check AML reports and the records of worklists."""

from sandboxes import ADMIN, NOON, PID

from webhelper.simulator.sandbox.monitoring import MonitorRecord
from webhelper.simulator.sandbox.sandbox import Sandbox

RECORD = MonitorRecord("r1", PID, "worklist01", "s1", ADMIN, NOON)


def test_report_is_of_one_project(sandbox: Sandbox) -> None:
    """Another project does not find a report."""
    sandbox.monitoring.add_report("a1", PID, "s1")
    assert sandbox.monitoring.report(PID, "a1") == "s1"
    assert sandbox.monitoring.report("other00001", "a1") is None


def test_record_is_of_one_worklist(sandbox: Sandbox) -> None:
    """A record is found and removed on its worklist alone."""
    sandbox.monitoring.add(RECORD)
    assert sandbox.monitoring.get(PID, "worklist01", "r1") == RECORD
    for place in (("other00001", "worklist01", "r1"), (PID, "other", "r1"), (PID, "worklist01", "r2")):
        assert sandbox.monitoring.get(*place) is None
        assert not sandbox.monitoring.delete(*place)
    assert sandbox.monitoring.delete(PID, "worklist01", "r1")
    assert sandbox.monitoring.get(PID, "worklist01", "r1") is None
