"""Build, encrypt and read ARGOS ID check Liveform URLs.

What a signup flow needs is imported at once; the rest when it is first asked for (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from liveform.ciphers import Cbc, Ecb, Gcm
from liveform.encoding import Encoding
from liveform.errors import (
    BadSignatureError,
    ConfigError,
    DecryptError,
    ExpiredError,
    FieldError,
    KeyFormatError,
    LiveformError,
    MalformedError,
    RevokedError,
    SetupError,
    UnexpectedValueError,
    UntrustedInputError,
    UsedUpError,
    VendorError,
)
from liveform.keys import KeyDerivation, SecretKey
from liveform.layouts import CbcLayout, EcbLayout, GcmLayout
from liveform.parameters import PARAMETERS, Certainty, Parameter, Pipeline, Place, TokenNames
from liveform.project import Project

if TYPE_CHECKING:
    from liveform.doctor import Finding, find_layout
    from liveform.explain import Explanation, Ignored, Seen
    from liveform.projects import load_projects
    from liveform.returns import KycStatus, ReturnClaims
    from liveform.settings import InlineKeyWarning
    from liveform.state import sign_state, verify_state

__all__ = [
    "PARAMETERS",
    "BadSignatureError",
    "Cbc",
    "CbcLayout",
    "Certainty",
    "ConfigError",
    "DecryptError",
    "Ecb",
    "EcbLayout",
    "Encoding",
    "ExpiredError",
    "Explanation",
    "FieldError",
    "Finding",
    "Gcm",
    "GcmLayout",
    "Ignored",
    "InlineKeyWarning",
    "KeyDerivation",
    "KeyFormatError",
    "KycStatus",
    "LiveformError",
    "MalformedError",
    "Parameter",
    "Pipeline",
    "Place",
    "Project",
    "ReturnClaims",
    "RevokedError",
    "SecretKey",
    "Seen",
    "SetupError",
    "TokenNames",
    "UnexpectedValueError",
    "UntrustedInputError",
    "UsedUpError",
    "VendorError",
    "find_layout",
    "load_projects",
    "sign_state",
    "verify_state",
]

_LATER: Final = {
    "Explanation": "explain",
    "Finding": "doctor",
    "Ignored": "explain",
    "InlineKeyWarning": "settings",
    "KycStatus": "returns",
    "ReturnClaims": "returns",
    "Seen": "explain",
    "find_layout": "doctor",
    "load_projects": "projects",
    "sign_state": "state",
    "verify_state": "state",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module 'liveform' has no attribute {name!r}")
    return getattr(import_module(f"liveform.{_LATER[name]}"), name)


def __dir__() -> list[str]:
    return __all__
