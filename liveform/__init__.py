"""Build, encrypt and read ARGOS ID check Liveform URLs.

What a signup flow needs is imported at once; the rest when it is first asked for (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from liveform.crypto.ciphers import Ecb, Gcm
from liveform.crypto.keys import KeyDerivation, SecretKey
from liveform.crypto.layouts import EcbLayout, GcmLayout
from liveform.errors import (
    BadSignatureError,
    ConfigError,
    DecryptError,
    ExpiredError,
    FieldError,
    KeyFormatError,
    LiveformError,
    MalformedError,
    SetupError,
    UnexpectedValueError,
    UntrustedInputError,
    VendorError,
)
from liveform.parameters.model import Certainty, Parameter, Pipeline, Place, TokenNames
from liveform.parameters.table import PARAMETERS
from liveform.project import Project
from liveform.wire.encoding import Encoding

if TYPE_CHECKING:
    from liveform.crypto.cbc import Cbc, CbcLayout
    from liveform.data_transfer import SecureDataTransfer
    from liveform.doctor import Finding, find_layout
    from liveform.explain import Explanation, Ignored, Seen, explain_url
    from liveform.projects import load_projects
    from liveform.returns import KycStatus, ReturnClaims
    from liveform.settings.secrets import InlineKeyWarning
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
    "SecretKey",
    "SecureDataTransfer",
    "Seen",
    "SetupError",
    "TokenNames",
    "UnexpectedValueError",
    "UntrustedInputError",
    "VendorError",
    "explain_url",
    "find_layout",
    "load_projects",
    "sign_state",
    "verify_state",
]

_LATER: Final = {
    "Cbc": "crypto.cbc",
    "CbcLayout": "crypto.cbc",
    "Explanation": "explain",
    "Finding": "doctor",
    "Ignored": "explain",
    "InlineKeyWarning": "settings.secrets",
    "KycStatus": "returns",
    "ReturnClaims": "returns",
    "SecureDataTransfer": "data_transfer",
    "Seen": "explain",
    "explain_url": "explain",
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
