"""Reads one URL by the vendor's rules, and collects what it finds."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError, UntrustedInputError, shown
from liveform.explain import rules
from liveform.explain.encrypted_text import form_of, is_key_name
from liveform.explain.explanation import Explanation, Finding, Ignored, Seen, shown_message
from liveform.explain.names import why_ignored
from liveform.explain.placeholders import left_in
from liveform.explain.written import normal_address
from liveform.form_urls import FACE_AUTH_PATH, FORM_PATH, KNOWLEDGE_PATH
from liveform.parameters.model import RESERVED, Parameter, Pipeline
from liveform.parameters.values import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from liveform.explain.knowledge import Knowledge
    from liveform.explain.rules import Rule
    from liveform.explain.written import WrittenUrl
    from liveform.wire.json_object import JsonValue

_INJECTS: Final = "addveri"  # the only action that is documented (INJ)
_PATHS: Final = {KNOWLEDGE_PATH: Pipeline.KNOWLEDGE, FACE_AUTH_PATH: Pipeline.FACE_AUTH}
_PERSONAL: Final = ("email", "userid")
_CUSTOM_FIELDS: Final = ("cf1", "cf2", "cf3")


class UrlReader:
    """Reads one URL.

    Args:
        url: what is known of it.
        known: what is known of the project.
        now: seconds since 1970.
    """

    def __init__(self, url: WrittenUrl, known: Knowledge, *, now: float) -> None:
        self._url, self._known, self._now = url, known, now
        self._seen: list[Seen] = []
        self._ignored: list[Ignored] = []
        self._problems: list[str] = []
        self._findings: list[Finding] = []
        self._values: dict[str, tuple[Parameter, JsonValue]] = {}  # what is seen, by argument name
        self._is_all = url.is_whole and not ("encrypted" in dict(url.pairs) and not known.is_project)
        self._given = dict(url.pairs)
        self.pipeline = next(
            (pipeline for path, pipeline in _PATHS.items() if (url.address or "").endswith(path)),
            Pipeline.ID_DOCUMENT,
        )
        # Encryption-only is a mode of the project's own forms; FaceAuth is always encrypted.
        self._encryption_only = known.encryption_only is True and self.pipeline is not Pipeline.FACE_AUTH

    def explanation(self) -> Explanation:
        """Return what was found."""
        self._read_address()
        self._read_pid()
        self._read_parameters()
        return Explanation(
            self.pipeline,
            self._given.get("pid"),
            tuple(self._seen),
            tuple(self._ignored),
            tuple(self._problems),
            tuple(self._findings),
        )

    def _find(self, rule: Rule, message: str, name: str | None = None, *, encrypted: bool = False) -> None:
        """Keep a finding that is worth a look."""
        self._findings.append(Finding(rule, message, name, encrypted))

    def _problem(self, rule: Rule, message: str, name: str | None = None, *, encrypted: bool = False) -> None:
        """Keep a finding that goes wrong."""
        self._problems.append(message)
        self._find(rule, message, name, encrypted=encrypted)

    def _ignore(self, rule: Rule, name: str, why: str, *, encrypted: bool) -> None:
        """Keep a parameter that has no effect."""
        self._ignored.append(Ignored(name, encrypted, why))
        self._find(rule, shown_message(self._ignored[-1]), name, encrypted=encrypted)

    def _read_address(self) -> None:
        if self._url.wrapped_by is not None:
            message = (
                f"the form's URL is inside a URL of {shown(self._url.wrapped_by)}; it alone is explained"
            )
            self._find(rules.WRAPPED, message)
        if self._url.has_line_break:
            self._problem(rules.LINE_BREAK, "the URL holds a tab or line break; browsers drop it")
        if self._url.has_fragment:
            message = "what is behind the # is not sent; put parameters behind ?, and write %23 in a value"
            self._find(rules.FRAGMENT, message)
        form, address = normal_address(self._known.base_url), self._url.address
        if address is not None and address not in (form, *(form + path for path in (FORM_PATH, *_PATHS))):
            self._problem(
                rules.WRONG_ADDRESS,
                f"the address is not the form's: {form}{FORM_PATH} or {form}{KNOWLEDGE_PATH}, "
                f"or for FaceAuth {form}{FACE_AUTH_PATH}",
            )
        for name, count in Counter(name for name, _ in self._url.pairs).items():
            if count > 1:
                which = "which one counts is not documented"
                self._problem(rules.GIVEN_TWICE, f"{shown(name)} is given {count} times; {which}", name)

    def _read_pid(self) -> None:
        """Say what is wrong with the project id."""
        is_face_auth = self.pipeline is Pipeline.FACE_AUTH
        pid = (self._known.face_auth if is_face_auth else self._known.project).pid
        given = self._given.get("pid")
        if "pid" not in self._given:
            if self._url.is_whole:
                self._problem(rules.MISSING_PID, "pid is missing; no form opens without it")
        elif pid is None:
            if is_face_auth and self._known.is_project:
                problem = "pid cannot be checked: this project has no face_auth_pid"
                self._problem(rules.OTHER_PROJECT, problem, "pid")
        elif given is not None and given != pid:
            self._problem(rules.OTHER_PROJECT, "pid is that of another project", "pid")

    def _read_parameters(self) -> None:
        """Read the parameters, plain ones and encrypted ones."""
        plain = {name: value for name, value in self._given.items() if name not in RESERVED}
        secret = self._open()
        is_form = self.pipeline is not Pipeline.FACE_AUTH
        injects = is_form and plain.get("action") == _INJECTS and not self._encryption_only
        if "encrypted" in self._given and "sid" in plain and injects:
            why = "sid and action are plain beside it, so this acts as a plain injection"
            self._ignore(rules.INJECTION_MIX, "encrypted", why, encrypted=True)
            secret = {}
        if injects or (is_form and secret.get("action") == _INJECTS):
            self.pipeline = Pipeline.INJECTION
        self._find_in_both(plain, secret)
        for name, text in plain.items():
            self._take(name, text, is_known=text is not None, encrypted=False)
        for name, value in secret.items():
            self._take(name, value, is_known=True, encrypted=True)
        self._check_together()
        self._check_places(plain)
        self._check_filled_in(self._url.pairs, encrypted=False)
        self._check_filled_in(secret.items(), encrypted=True)

    def _find_in_both(self, plain: Mapping[str, object], secret: Mapping[str, JsonValue]) -> None:
        for name in () if self._encryption_only else secret:
            row = self._known.table.by_encrypted_name(name)
            if (name if row is None else row.plain_name) in plain:
                which = "which one counts is not documented"
                message = f"{shown(name)} is both plain and encrypted; {which}"
                self._problem(rules.PLAIN_AND_ENCRYPTED, message, name, encrypted=True)

    def _open(self) -> Mapping[str, JsonValue]:
        text = self._given.get("encrypted")
        if text is None:
            return {}
        if "encrypted" in self._url.spaced:
            message = "encrypted holds a + that is not percent-encoded (%2B); servers read it as a space"
            self._problem(rules.UNESCAPED_PLUS, message, "encrypted")
        foreign = form_of(text)
        if foreign is not None:
            self._problem(*foreign, "encrypted")
            return {}
        is_face_auth = self.pipeline is Pipeline.FACE_AUTH
        cipher = (self._known.face_auth if is_face_auth else self._known.project).cipher
        if cipher is None:
            self._not_opened()
            return {}
        try:
            return cipher.decrypt(text)
        except UntrustedInputError:
            message = "encrypted does not open with this project's key, cipher and layout"
            self._problem(rules.DOES_NOT_OPEN, message, "encrypted")
            return {}

    def _not_opened(self) -> None:
        if self._known.is_project:
            message = "encrypted cannot be looked into: this project has no key for it"
            self._problem(rules.NOT_OPENED, message, "encrypted")
        else:
            message = "encrypted cannot be looked into without the project's key: LIVEFORM_KEY or --key-file"
            self._find(rules.NOT_OPENED, message, "encrypted")

    def _take(self, name: str, value: JsonValue, *, is_known: bool, encrypted: bool) -> None:
        table = self._known.table
        if not encrypted and is_key_name(name):
            message = f"{shown(name)} is the name of a key; a key in a URL is read by everybody on the way"
            self._find(rules.KEY_IN_URL, message, name)
        ignored = why_ignored(name, table, self.pipeline, encrypted=encrypted, only=self._encryption_only)
        row = table.by_encrypted_name(name) if encrypted else table.by_plain_name(name)
        if ignored is not None or row is None:
            self._ignore(*(ignored or (rules.UNKNOWN_NAME, name, "")), encrypted=encrypted)
            return
        self._seen.append(Seen(name, value, encrypted, row.about))
        self._values[row.name] = (row, value)
        if is_known:
            self._check_value(row, name, value, encrypted=encrypted)

    def _check_value(self, row: Parameter, name: str, value: JsonValue, *, encrypted: bool) -> None:
        try:
            wire = row.value.check(name, value)
            if value != (wire if encrypted else plain_text(name, wire)):
                message = f"{shown(name)} is not written as the vendor documents it"
                self._problem(rules.NOT_AS_DOCUMENTED, message, name, encrypted=encrypted)
        except FieldError as error:
            self._problem(rules.WRONG_VALUE, str(error), name, encrypted=encrypted)

    def _check_filled_in(self, pairs: Iterable[tuple[str, JsonValue]], *, encrypted: bool) -> None:
        """Say which values a program has not filled in."""
        for name, value in pairs:
            left = left_in(value) if isinstance(value, str) else None
            if left is not None:
                self._find(rules.NOT_FILLED_IN, f"{shown(name)} holds {left}", name, encrypted=encrypted)

    def _check_together(self) -> None:
        for row, value in list(self._values.values()):
            for name in row.excludes:
                if name in self._values:
                    message = (
                        f"{row.vendor_name} must not be combined with {self._values[name][0].vendor_name}"
                    )
                    self._problem(rules.EXCLUDED, message, row.vendor_name)
            for other in self._known.table.rows if self._is_all else ():
                if other.name in row.requires and other.name not in self._values:
                    message = f"{row.vendor_name} needs {other.vendor_name} beside it"
                    self._problem(rules.MISSING_COMPANION, message, row.vendor_name)
            if row.name == "start_valid_until" and _is_past(value, self._now):
                self._problem(
                    rules.EXPIRED, f"{row.vendor_name} is past; the form shows PV-40018", row.vendor_name
                )
        needs_sid = self.pipeline in (Pipeline.INJECTION, Pipeline.FACE_AUTH) and self._is_all
        if needs_sid and "sid" not in self._values:
            what = "injection" if self.pipeline is Pipeline.INJECTION else "face authentication"
            self._problem(rules.MISSING_SID, f"sid is missing; {what} needs the id of a submission")

    def _check_places(self, plain: Mapping[str, object]) -> None:
        """Say what is read in plain, but should not be."""
        seen = {each.name for each in self._seen if not each.encrypted}
        for name in plain:
            if name in _PERSONAL and name in seen:
                message = f"{name} is in plain: histories, logs and referrers keep it; let a key encrypt it"
                self._find(rules.PERSONAL_DATA, message, name)
                if name in self._url.spaced and "@" in str(plain[name]):
                    message = (
                        f"{name} holds a + that is not percent-encoded (%2B); servers read it as a space"
                    )
                    self._find(rules.UNESCAPED_PLUS, message, name)
            elif name in _CUSTOM_FIELDS and name in seen:
                self._find(
                    rules.PLAIN_CUSTOM_FIELD,
                    f"{name} is in plain, so that everybody can read and change it",
                    name,
                )
        if (
            "encrypted" in self._given
            and self._known.encryption_only is None
            and seen - {"lang", "sid", "action"}
        ):
            message = "plain parameters are beside encrypted; in Encryption-only mode they are ignored"
            self._find(rules.ENCRYPTED_MIX, message)


def _is_past(value: JsonValue, now: float) -> bool:
    try:
        instant = datetime.fromisoformat(str(value))
        return instant.utcoffset() is not None and instant.timestamp() < now
    except ValueError:
        return False  # what is wrong with it was said already
