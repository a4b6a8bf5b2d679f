"""The faults that the inbox has a button for, and the steps of its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask_babel import lazy_gettext as _

from webhelper.simulator.sandbox.faults import Fault

LONGER_THAN_CLIENTS_WAIT_S: Final = 60.0

FAULTS: Final = {
    "429": (Fault(where="rest", kind="status", status=429), _("Next request: 429")),
    "503": (Fault(where="rest", kind="status", status=503), _("Next request: 503")),
    "timeout": (
        Fault(where="rest", kind="timeout", seconds=LONGER_THAN_CLIENTS_WAIT_S),
        _("Next request: time-out"),
    ),
    "share": (
        Fault(where="rest", kind="status", status=503, times=None, share=0.05),
        _("5 % of requests: 503"),
    ),
    "duplicate": (Fault(where="webhook", kind="duplicate"), _("Next event: sent twice")),
    "reorder": (Fault(where="webhook", kind="reorder", seconds=60.0), _("Next event: sent late")),
    "drop": (Fault(where="webhook", kind="drop"), _("Next event: lost")),
}
STEPS: Final = {
    "3min": (timedelta(minutes=3), _("+3 minutes")),
    "1h": (timedelta(hours=1), _("+1 hour")),
    "1d": (timedelta(days=1), _("+1 day")),
}
