"""Build, encrypt and read ARGOS ID check Liveform URLs.

A name is imported when it is first asked for (PEP 562). So a part of the package loads no other part, and the
command is at once where Ctrl-C is seen to; ``typing`` is not imported either, for the same reason.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from liveform.crypto.cbc import Cbc, CbcLayout
    from liveform.crypto.ciphers import Ecb, Gcm
    from liveform.crypto.keys import KeyDerivation, SecretKey
    from liveform.crypto.layouts import EcbLayout, GcmLayout
    from liveform.data_transfer import SecureDataTransfer
    from liveform.doctor import Finding, find_layout
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
    from liveform.explain import Explanation, Ignored, Seen, explain_url
    from liveform.parameters.model import Certainty, Parameter, Pipeline, Place, TokenNames
    from liveform.parameters.table import PARAMETERS
    from liveform.project import Project
    from liveform.projects import load_projects
    from liveform.returns import KycStatus, ReturnClaims
    from liveform.settings.secrets import InlineKeyWarning
    from liveform.state import sign_state, verify_state
    from liveform.wire.encoding import Encoding
else:  # a checker that saw this would take every name for one of ours

    def __getattr__(name: str) -> object:
        if name in _SUBMODULES:
            __import__("liveform.project")
            return __import__(f"liveform.{name}", fromlist=[name])
        if name not in _MODULES:
            raise AttributeError(f"module 'liveform' has no attribute {name!r}")
        # importlib would be imported itself, before the command can see to Ctrl-C.
        module = __import__(f"liveform.{_MODULES[name]}", fromlist=[name])
        value = globals()[name] = getattr(module, name)
        return value


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

_MODULES = {
    "BadSignatureError": "errors",
    "Cbc": "crypto.cbc",
    "CbcLayout": "crypto.cbc",
    "Certainty": "parameters.model",
    "ConfigError": "errors",
    "DecryptError": "errors",
    "Ecb": "crypto.ciphers",
    "EcbLayout": "crypto.layouts",
    "Encoding": "wire.encoding",
    "ExpiredError": "errors",
    "Explanation": "explain",
    "FieldError": "errors",
    "Finding": "doctor",
    "Gcm": "crypto.ciphers",
    "GcmLayout": "crypto.layouts",
    "Ignored": "explain",
    "InlineKeyWarning": "settings.secrets",
    "KeyDerivation": "crypto.keys",
    "KeyFormatError": "errors",
    "KycStatus": "returns",
    "LiveformError": "errors",
    "MalformedError": "errors",
    "PARAMETERS": "parameters.table",
    "Parameter": "parameters.model",
    "Pipeline": "parameters.model",
    "Place": "parameters.model",
    "Project": "project",
    "ReturnClaims": "returns",
    "SecretKey": "crypto.keys",
    "SecureDataTransfer": "data_transfer",
    "Seen": "explain",
    "SetupError": "errors",
    "TokenNames": "parameters.model",
    "UnexpectedValueError": "errors",
    "UntrustedInputError": "errors",
    "VendorError": "errors",
    "explain_url": "explain",
    "find_layout": "doctor",
    "load_projects": "projects",
    "sign_state": "state",
    "verify_state": "state",
}

# With ``Project``, these and what it needs of them were attributes before names were imported one by one.
_SUBMODULES = (
    "api_access",
    "crypto",
    "errors",
    "form_urls",
    "immutable",
    "parameters",
    "project",
    "return_access",
    "settings",
    "tracebacks",
    "wire",
)


def __dir__() -> list[str]:
    return __all__
