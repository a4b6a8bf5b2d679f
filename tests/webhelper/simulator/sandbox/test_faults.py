"""These tests check which requests and events meet a fault."""

from webhelper.simulator.sandbox.faults import Fault
from webhelper.simulator.sandbox.sandbox import Sandbox


def test_no_fault_is_met_when_none_is_set(sandbox: Sandbox) -> None:
    """Without faults, nothing goes wrong."""
    assert sandbox.faults.take("rest", "/submission", "GET") is None


def test_fault_is_met_as_often_as_it_says(sandbox: Sandbox) -> None:
    """A fault of two times is met twice and is gone then."""
    fault = Fault(where="rest", kind="status", times=2)
    sandbox.faults.add(fault)
    met = [sandbox.faults.take("rest", "/submission", "GET") for _ in range(3)]
    assert met == [fault, fault, None]
    assert sandbox.faults.all() == {}


def test_fault_without_an_end_stays(sandbox: Sandbox) -> None:
    """A fault without a number of times is met until it is removed."""
    number = sandbox.faults.add(Fault(where="webhook", kind="drop", times=None))
    assert all(sandbox.faults.take("webhook", "approved") for _ in range(5))
    sandbox.faults.remove(number)
    assert sandbox.faults.take("webhook", "approved") is None


def test_fault_is_met_by_what_it_is_meant_for(sandbox: Sandbox) -> None:
    """Place, path and method all have to fit."""
    fault = Fault(where="rest", kind="reset", path="/submission/*", method="P*")
    sandbox.faults.add(fault)
    assert sandbox.faults.take("webhook", "/submission/tokens", "POST") is None
    assert sandbox.faults.take("rest", "/submission", "POST") is None
    assert sandbox.faults.take("rest", "/submission/tokens", "GET") is None
    assert sandbox.faults.take("rest", "/submission/tokens", "POST") == fault


def test_share_of_requests_meets_a_fault(sandbox: Sandbox) -> None:
    """About the share meets it, the same ones each time."""
    fault = Fault(where="rest", kind="status", share=0.05, times=None)
    sandbox.faults.add(fault)
    met = [sandbox.faults.take("rest", "/submission/tokens") is not None for _ in range(1000)]
    assert 20 < sum(met) < 90
    assert met == [fault.chooses(number) for number in range(1000)]


def test_first_fault_that_fits_is_met(sandbox: Sandbox) -> None:
    """Of several faults, the oldest is met first; all can be removed at once."""
    first = Fault(where="rest", kind="slow")
    second = Fault(where="rest", kind="reset")
    sandbox.faults.add(first)
    sandbox.faults.add(second)
    assert list(sandbox.faults.all().values()) == [first, second]
    assert sandbox.faults.take("rest", "/image") == first
    sandbox.faults.clear()
    assert sandbox.faults.take("rest", "/image") is None
