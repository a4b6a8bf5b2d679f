"""What the methods of a simulator in this process take: its dashboard without its keys, and a review."""

from __future__ import annotations

from typing import Final

from webhelper.simulator import Poster
from webhelper.simulator.sandbox.dashboard import Dashboard
from webhelper.simulator.sandbox.options import Rule
from webhelper.simulator.sandbox.rules import CODE, HTTP_URL, TEXT

_OWN: Final = Rule("left out: the simulator makes its project and its API key", lambda _: False)
CHANGES: Final = {
    **Dashboard.RULES,
    "webhook_url": Rule(
        "None, or an http or https URL on a loopback host, such as http://127.0.0.1:5000/webhook",
        lambda value: value is None or (HTTP_URL.holds(value) and Poster().may_call(value)),
    ),
    **dict.fromkeys(("project", "api_key"), _OWN),
}
AT_START: Final = {
    "return_url": HTTP_URL,
    **{name: rule for name, rule in CHANGES.items() if name != "return_urls"},
}
REVIEW: Final = {"submission_id": TEXT, "reject_code": CODE}
