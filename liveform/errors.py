"""Every error that leaves a public function of liveform.

LiveformError                  root, never raised itself
├─ SetupError (ValueError)     the caller's mistake
│  ├─ ConfigError              names the setting, never its value
│  ├─ KeyFormatError           says what is wanted of a key
│  └─ FieldError               .field; says what is allowed, and what was probably meant
├─ UntrustedInputError         somebody else's bytes
│  ├─ MalformedError           size, encoding, shape
│  ├─ DecryptError             wrong key or damaged bytes: one class, one text
│  ├─ BadSignatureError        our own signed values: one text
│  ├─ ExpiredError             our own signed values, only after the signature held
│  └─ UnexpectedValueError     readable, but not a value we know; .field
└─ VendorError                 a call of the vendor's REST API failed; .status, .code, .reason

Each class has a ``code`` that stays the same between releases, for logs and JSON answers.
No text here ever holds a key, a plaintext, or the value of a field.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN_CHARS: Final = 40

VendorFailure: TypeAlias = Literal["refused", "unreachable", "timeout", "unreadable", "limit"]


def shown(name: object) -> str:
    """Return a name from outside as a message may show it: short, with escapes for what is not printable."""
    return repr(name)[1:-1][:_SHOWN_CHARS] if isinstance(name, str) else "(not text)"


def nearest(name: str, known: "Iterable[str]", *, cutoff: float = 0.6) -> str | None:
    """Return the known name that ``name`` was probably meant to be, or None if none is like it.

    Args:
        name: what somebody wrote.
        known: the right names.
        cutoff: how alike they must be, from 0 to 1.
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, known, n=1, cutoff=cutoff)), None)


class LiveformError(Exception):
    """The root of the tree; catch it to catch everything that liveform raises."""

    code: str = "liveform_error"


class SetupError(LiveformError, ValueError):
    """The caller's own mistake: a setting, a key or a field."""

    code = "setup_error"


class Fault(NamedTuple):
    """One thing that is wrong with the settings."""

    setting: str
    problem: str


class ConfigError(SetupError):
    """One or more settings are wrong; ``faults`` lists them all, by name and never by value."""

    code = "config_error"

    def __init__(self, *faults: tuple[str, str]) -> None:
        self.faults: tuple[Fault, ...] = tuple(Fault(*fault) for fault in faults)
        super().__init__(*faults)

    def __str__(self) -> str:
        return "; ".join(f"{setting}: {problem}" for setting, problem in self.faults)


class KeyFormatError(SetupError):
    """A key cannot be used as it is; the text says what is wanted."""

    code = "key_format_error"


class _NamedFieldError(LiveformError):
    """What errors that point at one field share: ``field`` and ``problem``."""

    def __init__(self, field: str, problem: str) -> None:
        self.field = field
        self.problem = problem
        super().__init__(field, problem)

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}"


class FieldError(_NamedFieldError, SetupError):
    """A field given by the caller is wrong; ``field`` names it, the text says what is allowed."""

    code = "field_error"


class UntrustedInputError(LiveformError):
    """Bytes that came from outside were refused."""

    code = "untrusted_input"


class MalformedError(UntrustedInputError):
    """The size, the encoding or the shape is wrong; no key was used to find that out."""

    code = "malformed"


class _OneTextError(UntrustedInputError):
    """What errors share that must not tell one cause from another."""

    text: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()

    def __str__(self) -> str:
        return self.text


class DecryptError(_OneTextError):
    """The value does not open: one class and one text, whatever the cause."""

    code = "decrypt_failed"
    text = "cannot be decrypted: another key, cipher or layout, or damaged on the way"


class BadSignatureError(_OneTextError):
    """A value that we should have signed does not carry our signature."""

    code = "bad_signature"
    text = "the signature does not hold"


class ExpiredError(_OneTextError):
    """A value that we signed is genuine, but its time is over."""

    code = "expired"
    text = "genuine, but expired"


class UnexpectedValueError(_NamedFieldError, UntrustedInputError):
    """A value could be read, but is none that we know; ``field`` names it."""

    code = "unexpected_value"


class VendorError(LiveformError):
    """A call of the vendor's REST API failed. The text holds no key and nothing of a person.

    Attributes:
        status: the HTTP status of the vendor's answer; None without an answer.
        code: the vendor's own code, such as ``invalid_admin``; without one that we may show, ``reason``.
        reason: what kind of failure it is: ``refused`` (the vendor answered with a failure), ``unreachable``
            (no connection, or it broke), ``timeout``, ``unreadable`` (not an answer that liveform can read),
            or ``limit`` (our own count of a day's calls is used up, so nothing was sent).
        retry_after_s: the seconds to wait that the vendor asked for, or None.
        may_have_happened: whether the vendor may have done what was asked, although no answer says so.
    """

    def __init__(
        self,
        problem: str,
        *,
        reason: "VendorFailure",
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        may_have_happened: bool = False,
    ) -> None:
        self.problem = problem
        self.reason: VendorFailure = reason
        self.status = status
        self.code: str = code if code is not None else reason
        self.retry_after_s = retry_after_s
        self.may_have_happened = may_have_happened
        super().__init__(problem)

    def __reduce__(self) -> tuple[object, ...]:
        """Return what pickle and copy need, for arguments by name are not in ``args``."""
        return _vendor_error, (
            self.problem,
            {name: value for name, value in vars(self).items() if name != "problem"},
        )


def _vendor_error(problem: str, attributes: dict[str, Any]) -> VendorError:
    return VendorError(problem, **attributes)
