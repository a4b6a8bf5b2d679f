"""The vendor's REST API: a client, its async twin, and the typed values that they return.

>>> from liveform.rest import Client
>>> with Client("your-api-key") as client:
...     print(client)
Client('https://rest-api.argosidentity.com/v3')

Each name is imported when it is first asked for (PEP 562): values and operations do without httpx2.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from liveform.errors import ConfigError

if TYPE_CHECKING:
    from liveform.rest.async_client import AsyncClient
    from liveform.rest.check.project import check_project, check_settings, check_steps
    from liveform.rest.check.values import CheckFinding, WantedSettings
    from liveform.rest.client import Client
    from liveform.rest.dialect import Dialect
    from liveform.rest.operation import Answer, FormPart, Operation, Page, Steps
    from liveform.rest.operations.answers import Acknowledgement
    from liveform.rest.operations.projections import Projection
    from liveform.rest.sending.limits import DayCount, Limits, MemoryDayCount
    from liveform.rest.sending.setup import ClientOptions, Timing
    from liveform.rest.values.aml import AmlResult, MonitoredSubmission, MonitoringRecord, MonitoringResult
    from liveform.rest.values.face_auth import FaceAuth, FaceAuthPolicy, FaceAuthResult, FaceAuthScore
    from liveform.rest.values.project_settings import (
        ActivateBlocking,
        IpWhitelist,
        ProjectSettings,
        ReturnConfig,
        WebhookSettings,
    )
    from liveform.rest.values.submission import (
        ApplicantSubmission,
        Kyc,
        KycAttempt,
        Memo,
        ReviewResult,
        Submission,
        SubmissionData,
        SubmissionImages,
        SubmissionProjection,
    )
    from liveform.rest.values.token import (
        FailedToken,
        Token,
        TokenDeletion,
        TokenProgress,
        TokenRegistration,
        TokenReport,
        TokenSummary,
    )

__all__ = [
    "Acknowledgement",
    "ActivateBlocking",
    "AmlResult",
    "Answer",
    "ApplicantSubmission",
    "AsyncClient",
    "CheckFinding",
    "Client",
    "ClientOptions",
    "DayCount",
    "Dialect",
    "FaceAuth",
    "FaceAuthPolicy",
    "FaceAuthResult",
    "FaceAuthScore",
    "FailedToken",
    "FormPart",
    "IpWhitelist",
    "Kyc",
    "KycAttempt",
    "Limits",
    "Memo",
    "MemoryDayCount",
    "MonitoredSubmission",
    "MonitoringRecord",
    "MonitoringResult",
    "Operation",
    "Page",
    "ProjectSettings",
    "Projection",
    "ReturnConfig",
    "ReviewResult",
    "Steps",
    "Submission",
    "SubmissionData",
    "SubmissionImages",
    "SubmissionProjection",
    "Timing",
    "Token",
    "TokenDeletion",
    "TokenProgress",
    "TokenRegistration",
    "TokenReport",
    "TokenSummary",
    "WantedSettings",
    "WebhookSettings",
    "check_project",
    "check_settings",
    "check_steps",
]

_MODULES: Final = {
    "Acknowledgement": "operations.answers",
    "ActivateBlocking": "values.project_settings",
    "AmlResult": "values.aml",
    "Answer": "operation",
    "ApplicantSubmission": "values.submission",
    "AsyncClient": "async_client",
    "CheckFinding": "check.values",
    "Client": "client",
    "ClientOptions": "sending.setup",
    "DayCount": "sending.limits",
    "Dialect": "dialect",
    "FaceAuth": "values.face_auth",
    "FaceAuthPolicy": "values.face_auth",
    "FaceAuthResult": "values.face_auth",
    "FaceAuthScore": "values.face_auth",
    "FailedToken": "values.token",
    "FormPart": "operation",
    "IpWhitelist": "values.project_settings",
    "Kyc": "values.submission",
    "KycAttempt": "values.submission",
    "Limits": "sending.limits",
    "Memo": "values.submission",
    "MemoryDayCount": "sending.limits",
    "MonitoredSubmission": "values.aml",
    "MonitoringRecord": "values.aml",
    "MonitoringResult": "values.aml",
    "Operation": "operation",
    "Page": "operation",
    "ProjectSettings": "values.project_settings",
    "Projection": "operations.projections",
    "ReturnConfig": "values.project_settings",
    "ReviewResult": "values.submission",
    "Steps": "operation",
    "Submission": "values.submission",
    "SubmissionData": "values.submission",
    "SubmissionImages": "values.submission",
    "SubmissionProjection": "values.submission",
    "Timing": "sending.setup",
    "Token": "values.token",
    "TokenDeletion": "values.token",
    "TokenProgress": "values.token",
    "TokenRegistration": "values.token",
    "TokenReport": "values.token",
    "TokenSummary": "values.token",
    "WantedSettings": "check.values",
    "WebhookSettings": "values.project_settings",
    "check_project": "check.project",
    "check_settings": "check.project",
    "check_steps": "check.project",
}
_EXTRA: Final = frozenset(("anyio", "httpcore2", "httpx2", "msgspec", "pyrate_limiter"))


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'liveform.rest' has no attribute {name!r}")
    try:
        module = import_module(f"liveform.rest.{_MODULES[name]}")
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        raise ConfigError(
            ("liveform.rest", "is not installed; it comes with the extra liveform[rest]")
        ) from None
    return getattr(module, name)


def __dir__() -> list[str]:
    return __all__
