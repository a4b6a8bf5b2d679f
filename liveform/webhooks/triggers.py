"""The table of triggers: which class reads which event (vendor-api section 9)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from liveform.webhooks.other_events import (
    AmlEvent,
    AmlMonitorEvent,
    FaceAuthEvent,
    InjectionEvent,
    InjectionFailEvent,
    TokenExpiredEvent,
)
from liveform.webhooks.submission_events import (
    ApprovedEvent,
    CreatedEvent,
    DeleteEvent,
    RejectedEvent,
    RetryEvent,
    SubmitEvent,
    UpdatedEvent,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.webhooks.event import Event

EVENTS: Final[Mapping[str, type[Event]]] = MappingProxyType(
    {
        "created": CreatedEvent,
        "retry": RetryEvent,
        "submit": SubmitEvent,
        "approved": ApprovedEvent,
        "rejected": RejectedEvent,
        "updated": UpdatedEvent,
        "delete": DeleteEvent,
        "token_expired": TokenExpiredEvent,
        "injection": InjectionEvent,
        "injectionFail": InjectionFailEvent,
        "aml": AmlEvent,
        "aml_monitor": AmlMonitorEvent,
        "faceAuth": FaceAuthEvent,
    }
)
