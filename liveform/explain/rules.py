"""The rules of ``liveform explain`` and ``liveform lint``: each has an id that stays the same.

An id is never used again for another rule. The hundreds group them: the URL, names, places, ``encrypted``,
values, secrets, files.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Severity(StrEnum):
    """How bad a finding is; the names are those of SARIF (section 3.27.10)."""

    ERROR = "error"  # the form will not do what the URL asks for
    WARNING = "warning"  # it may not, or somebody else reads what they should not
    NOTE = "note"  # worth knowing


class Rule(NamedTuple):
    """One rule.

    Attributes:
        id: such as ``LF201``.
        name: such as ``guessed-name``.
        severity: of its findings.
        about: what it finds, in one sentence.
        repair: what to do.
    """

    id: str
    name: str
    severity: Severity
    about: str
    repair: str


_BUILD: Final = "build the URL with form_url"
_E, _W, _N = Severity.ERROR, Severity.WARNING, Severity.NOTE

MISSING_PID: Final = Rule("LF101", "missing-pid", _E, "The URL has no project id.", "Add pid.")
WRONG_ADDRESS: Final = Rule(
    "LF102",
    "wrong-address",
    _E,
    "The address is not one of the vendor's forms.",
    "Take the address of a form.",
)
GIVEN_TWICE: Final = Rule(
    "LF103",
    "given-twice",
    _E,
    "A parameter is given more than once.",
    "Give it once: which one counts is unknown.",
)
LINE_BREAK: Final = Rule(
    "LF104", "line-break", _E, "The URL holds a tab or a line break, which browsers drop.", "Take it out."
)
OTHER_PROJECT: Final = Rule(
    "LF105", "other-project", _E, "The project id is not that of the settings.", "Use the pid of the project."
)
FRAGMENT: Final = Rule(
    "LF106",
    "fragment",
    _W,
    "Something is behind a #, which browsers do not send.",
    "Put parameters behind ?, and write %23 for a # in a value.",
)
WRAPPED: Final = Rule(
    "LF107",
    "wrapped-url",
    _W,
    "The form's URL is inside the URL of another site, such as a mail gateway.",
    "Give users the form's URL itself: the other site can read it, and may open it first.",
)
GUESSED_NAME: Final = Rule(
    "LF201",
    "guessed-name",
    _E,
    "A name is probably a parameter, but not as the vendor spells it.",
    "Use the name.",
)
UNKNOWN_NAME: Final = Rule(
    "LF202",
    "unknown-name",
    _W,
    "liveform does not know the parameter.",
    "Remove it, unless it is new at the vendor.",
)
TOKEN_NAME: Final = Rule(
    "LF203",
    "token-name",
    _E,
    "The token id has the name that it has elsewhere.",
    "Call it tokenid in a plain URL, and token inside encrypted.",
)
OTHER_FORM: Final = Rule(
    "LF204", "other-form", _E, "The parameter belongs to another form.", "Remove it, or open the other form."
)
MUST_BE_ENCRYPTED: Final = Rule(
    "LF301",
    "must-be-encrypted",
    _E,
    "The vendor ignores the parameter in plain.",
    "Encrypt it: " + _BUILD + ".",
)
MUST_BE_PLAIN: Final = Rule(
    "LF302", "must-be-plain", _E, "The vendor ignores the parameter inside encrypted.", "Write it in plain."
)
ENCRYPTION_ONLY: Final = Rule(
    "LF303",
    "encryption-only",
    _E,
    "In Encryption-only mode nothing but pid, encrypted and lang is read in plain.",
    "Encrypt it: " + _BUILD + ".",
)
INJECTION_MIX: Final = Rule(
    "LF304",
    "injection-mix",
    _E,
    "A plain sid and action make the vendor ignore encrypted.",
    "Put all of it into encrypted, or all of it in plain: use injection_url.",
)
PLAIN_AND_ENCRYPTED: Final = Rule(
    "LF305",
    "plain-and-encrypted",
    _E,
    "A parameter is in plain and inside encrypted.",
    "Give it once: which one counts is unknown.",
)
ENCRYPTED_MIX: Final = Rule(
    "LF306",
    "encrypted-mix",
    _W,
    "Plain parameters are beside encrypted; in Encryption-only mode the vendor ignores them.",
    "Put all but pid and lang into encrypted.",
)
PERSONAL_DATA: Final = Rule(
    "LF307",
    "plain-personal-data",
    _W,
    "Personal data is in plain, for browsers' histories, logs and referrers.",
    "Give the project a key, and let it encrypt: " + _BUILD + ".",
)
PLAIN_CUSTOM_FIELD: Final = Rule(
    "LF308",
    "plain-custom-field",
    _N,
    "A custom field is in plain, where everybody on the way can read and change it.",
    "Encrypt it if it is personal, and sign it if you rely on it: sign_state.",
)
UNESCAPED_PLUS: Final = Rule(
    "LF401",
    "unescaped-plus",
    _E,
    "A + is not percent-encoded, and servers read it as a space.",
    "Write %2B: percent-encode every value (encodeURIComponent, urllib.parse.quote).",
)
DOES_NOT_OPEN: Final = Rule(
    "LF402",
    "does-not-open",
    _E,
    "encrypted does not open with the project's key, cipher and layout.",
    "Look at the text with liveform doctor.",
)
NOT_OPENED: Final = Rule(
    "LF403",
    "not-opened",
    _N,
    "encrypted cannot be looked into without the project's key.",
    "Set LIVEFORM_KEY and LIVEFORM_CIPHER, or name a settings file.",
)
FOREIGN_TEXT: Final = Rule(
    "LF404",
    "foreign-encryption",
    _E,
    "encrypted is in a form that the vendor does not document: JSON of iv and content, or U2FsdGVkX1.",
    "Encrypt as the vendor documents it: " + _BUILD + ", or see docs/encryption.md.",
)
NOT_ENCRYPTED: Final = Rule(
    "LF405", "not-encrypted", _E, "encrypted holds JSON that nobody encrypted.", "Encrypt it: " + _BUILD + "."
)
WRONG_VALUE: Final = Rule(
    "LF501", "wrong-value", _E, "The value is not one that the vendor documents.", "Use one of those allowed."
)
EXCLUDED: Final = Rule("LF502", "excluded", _E, "Two parameters must not be combined.", "Remove one of them.")
MISSING_COMPANION: Final = Rule(
    "LF503", "missing-companion", _E, "A parameter needs another one beside it.", "Add the other one."
)
EXPIRED: Final = Rule(
    "LF504", "expired", _E, "The time until which the form can be started is past.", "Make a new URL."
)
NOT_AS_DOCUMENTED: Final = Rule(
    "LF505",
    "not-as-documented",
    _E,
    "The value is right, but not written as the vendor documents it.",
    "Write it so: " + _BUILD + ".",
)
MISSING_SID: Final = Rule(
    "LF506", "missing-sid", _E, "Injection and FaceAuth need the id of a submission.", "Add sid."
)
NOT_FILLED_IN: Final = Rule(
    "LF507",
    "not-filled-in",
    _W,
    "A value is a template that a program did not fill in, or what it writes for no value.",
    "Fill it in, or leave the parameter out.",
)
COMMITTED_KEY: Final = Rule(
    "LF601",
    "committed-key",
    _E,
    "A file holds what has the shape of a vendor's key: 40 letters and digits, where a key belongs.",
    "Have a new key issued, and read it from the environment or a secret store.",
)
KEY_IN_URL: Final = Rule(
    "LF602",
    "key-in-url",
    _E,
    "A key is a parameter of a URL, for browsers' histories and logs.",
    "Have a new key issued: it never leaves the server.",
)
NOT_READ: Final = Rule(
    "LF901", "not-read", _N, "A file could not be read, or is too large.", "Name a smaller part of it."
)

RULES: Final = (
    MISSING_PID,
    WRONG_ADDRESS,
    GIVEN_TWICE,
    LINE_BREAK,
    OTHER_PROJECT,
    FRAGMENT,
    WRAPPED,
    GUESSED_NAME,
    UNKNOWN_NAME,
    TOKEN_NAME,
    OTHER_FORM,
    MUST_BE_ENCRYPTED,
    MUST_BE_PLAIN,
    ENCRYPTION_ONLY,
    INJECTION_MIX,
    PLAIN_AND_ENCRYPTED,
    ENCRYPTED_MIX,
    PERSONAL_DATA,
    PLAIN_CUSTOM_FIELD,
    UNESCAPED_PLUS,
    DOES_NOT_OPEN,
    NOT_OPENED,
    FOREIGN_TEXT,
    NOT_ENCRYPTED,
    WRONG_VALUE,
    EXCLUDED,
    MISSING_COMPANION,
    EXPIRED,
    NOT_AS_DOCUMENTED,
    MISSING_SID,
    NOT_FILLED_IN,
    COMMITTED_KEY,
    KEY_IN_URL,
    NOT_READ,
)
