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
    from liveform.rest.aml_values import AmlResult, MonitoredSubmission, MonitoringRecord, MonitoringResult
    from liveform.rest.answers import Acknowledgement
    from liveform.rest.async_client import AsyncClient
    from liveform.rest.check import check_project, check_settings, check_steps
    from liveform.rest.check_values import CheckFinding, WantedSettings
    from liveform.rest.client import Client
    from liveform.rest.dialect import Dialect
    from liveform.rest.face_auth_values import FaceAuth, FaceAuthPolicy, FaceAuthResult, FaceAuthScore
    from liveform.rest.limits import DayCount, Limits, MemoryDayCount
    from liveform.rest.operation import Answer, FormPart, Operation, Page, Steps
    from liveform.rest.project_settings_values import (
        ActivateBlocking,
        IpWhitelist,
        ProjectSettings,
        ReturnConfig,
        WebhookSettings,
    )
    from liveform.rest.projections import Projection
    from liveform.rest.setup import ClientOptions, Timing
    from liveform.rest.submission_values import (
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
    from liveform.rest.token_values import (
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
    "Acknowledgement": "answers",
    "ActivateBlocking": "project_settings_values",
    "AmlResult": "aml_values",
    "Answer": "operation",
    "ApplicantSubmission": "submission_values",
    "AsyncClient": "async_client",
    "CheckFinding": "check_values",
    "Client": "client",
    "ClientOptions": "setup",
    "DayCount": "limits",
    "Dialect": "dialect",
    "FaceAuth": "face_auth_values",
    "FaceAuthPolicy": "face_auth_values",
    "FaceAuthResult": "face_auth_values",
    "FaceAuthScore": "face_auth_values",
    "FailedToken": "token_values",
    "FormPart": "operation",
    "IpWhitelist": "project_settings_values",
    "Kyc": "submission_values",
    "KycAttempt": "submission_values",
    "Limits": "limits",
    "Memo": "submission_values",
    "MemoryDayCount": "limits",
    "MonitoredSubmission": "aml_values",
    "MonitoringRecord": "aml_values",
    "MonitoringResult": "aml_values",
    "Operation": "operation",
    "Page": "operation",
    "ProjectSettings": "project_settings_values",
    "Projection": "projections",
    "ReturnConfig": "project_settings_values",
    "ReviewResult": "submission_values",
    "Steps": "operation",
    "Submission": "submission_values",
    "SubmissionData": "submission_values",
    "SubmissionImages": "submission_values",
    "SubmissionProjection": "submission_values",
    "Timing": "setup",
    "Token": "token_values",
    "TokenDeletion": "token_values",
    "TokenProgress": "token_values",
    "TokenRegistration": "token_values",
    "TokenReport": "token_values",
    "TokenSummary": "token_values",
    "WantedSettings": "check_values",
    "WebhookSettings": "project_settings_values",
    "check_project": "check",
    "check_settings": "check",
    "check_steps": "check",
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
        raise ConfigError(("liveform.rest", "is not installed: pip install 'liveform[rest]'")) from None
    return getattr(module, name)


def __dir__() -> list[str]:
    return __all__
