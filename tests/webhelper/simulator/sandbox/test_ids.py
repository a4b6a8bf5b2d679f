"""These tests check the ids that the sandbox makes up."""

import re
from uuid import UUID

from sandboxes import make_dashboard, make_sandbox

from webhelper.simulator.sandbox.sandbox import Sandbox

SHORT = re.compile(r"[a-z0-9]{13}")
LONG = re.compile(r"[a-z0-9]{15}_[a-z0-9]{2}")


def test_submission_ids_have_two_forms(sandbox: Sandbox) -> None:
    """Most ids have 13 characters; some have 18 and an underscore (section 14.8)."""
    made = [sandbox.ids.submission_id() for _ in range(200)]
    assert len(set(made)) == 200
    short, long = ([one for one in made if form.fullmatch(one)] for form in (SHORT, LONG))
    assert len(short) + len(long) == 200
    assert 10 < len(long) < 90


def test_same_seed_makes_the_same_ids() -> None:
    """Ids depend on the seed and their order alone."""
    one, other = make_sandbox(), make_sandbox()
    assert one.ids.submission_id() == other.ids.submission_id()
    assert one.ids.other_id("record") == other.ids.other_id("record")
    third = Sandbox(":memory:", {"shop": make_dashboard()}, seed=1)
    assert third.ids.submission_id() != make_sandbox().ids.submission_id()
    third.close()


def test_trace_id_is_a_uuid_of_version_7(sandbox: Sandbox) -> None:
    """A trace id is a UUID of version 7 (row 1.12)."""
    made = UUID(sandbox.ids.trace_id())
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
