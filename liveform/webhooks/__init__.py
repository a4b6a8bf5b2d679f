"""Read, build and confirm the vendor's webhooks. Needs msgspec, which comes with ``liveform[webhooks]``."""

from liveform.errors import ConfigError

try:
    from liveform.webhooks.bodies import MAX_BODY_BYTES
    from liveform.webhooks.building import build_event
    from liveform.webhooks.confirm import ConfirmedEvent, ConfirmedReturn, confirm_event, confirm_return
    from liveform.webhooks.diagnosis import diagnose_event
    from liveform.webhooks.event import Event
    from liveform.webhooks.other_events import (
        AmlEvent,
        AmlMonitorEvent,
        AmlResult,
        FaceAuthEvent,
        InjectionAction,
        InjectionEvent,
        InjectionFailEvent,
        InjectionReport,
        MonitorRecord,
        TokenExpiredEvent,
        UnknownEvent,
    )
    from liveform.webhooks.reading import read_event
    from liveform.webhooks.submission_events import (
        AdditionalAnswer,
        ApprovedEvent,
        AttemptEvent,
        CreatedEvent,
        DeleteEvent,
        KycResult,
        PersonEvent,
        RejectedEvent,
        RetryEvent,
        SubmitEvent,
        Update,
        UpdatedEvent,
    )
    from liveform.webhooks.triggers import EVENTS
except ModuleNotFoundError as _missing:
    if _missing.name != "msgspec":
        raise
    raise ConfigError(("msgspec", "is not installed; it comes with the extra liveform[webhooks]")) from None

__all__ = [
    "EVENTS",
    "MAX_BODY_BYTES",
    "AdditionalAnswer",
    "AmlEvent",
    "AmlMonitorEvent",
    "AmlResult",
    "ApprovedEvent",
    "AttemptEvent",
    "ConfirmedEvent",
    "ConfirmedReturn",
    "CreatedEvent",
    "DeleteEvent",
    "Event",
    "FaceAuthEvent",
    "InjectionAction",
    "InjectionEvent",
    "InjectionFailEvent",
    "InjectionReport",
    "KycResult",
    "MonitorRecord",
    "PersonEvent",
    "RejectedEvent",
    "RetryEvent",
    "SubmitEvent",
    "TokenExpiredEvent",
    "UnknownEvent",
    "Update",
    "UpdatedEvent",
    "build_event",
    "confirm_event",
    "confirm_return",
    "diagnose_event",
    "read_event",
]
