"""The faults that the inbox has a button for, and the steps of its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple

from flask_babel import lazy_gettext as _

from webhelper.simulator.sandbox.faults import Fault

LONGER_THAN_CLIENTS_WAIT_S: Final = 60.0
LATE_S: Final = 60.0


class Group(NamedTuple):
    """Faults under one heading: by the value of the button, the label and the fault."""

    heading: Any
    faults: dict[str, tuple[Any, Fault]]


GROUPS: Final = (
    Group(
        _("Next request"),
        {
            "429": ("429", Fault(where="rest", kind="status", status=429)),
            "503": ("503", Fault(where="rest", kind="status", status=503)),
            "timeout": (
                _("Time-out"),
                Fault(where="rest", kind="timeout", seconds=LONGER_THAN_CLIENTS_WAIT_S),
            ),
        },
    ),
    Group(
        _("All requests"),
        {
            "share": (
                _("503 for one in twenty"),
                Fault(where="rest", kind="status", status=503, times=None, share=0.05),
            ),
        },
    ),
    Group(
        _("Next event"),
        {
            "duplicate": (_("Sent twice"), Fault(where="webhook", kind="duplicate")),
            "reorder": (_("Sent late"), Fault(where="webhook", kind="reorder", seconds=LATE_S)),
            "drop": (_("Lost"), Fault(where="webhook", kind="drop")),
        },
    ),
)
FAULTS: Final = {name: fault for group in GROUPS for name, (_label, fault) in group.faults.items()}
STEPS: Final = {
    "3min": (timedelta(minutes=3), _("+3 min")),
    "1h": (timedelta(hours=1), _("+1 h")),
    "1d": (timedelta(days=1), _("+1 day")),
}
