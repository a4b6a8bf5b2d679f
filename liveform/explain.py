"""A form URL -> what the vendor will see of it, what it will ignore, and what is wrong with it."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from liveform.errors import FieldError, MalformedError, UntrustedInputError, shown
from liveform.form_urls import FACE_AUTH_PATH, FORM_PATH, KNOWLEDGE_PATH
from liveform.parameters.model import RESERVED, Parameter, Pipeline, Place
from liveform.parameters.values import plain_text
from liveform.wire.json_object import JsonValue, printable
from liveform.wire.query import query_of, read_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from liveform.crypto.json_cipher import JsonCipher
    from liveform.form_urls import FormAccess
    from liveform.parameters.lookup import ParameterTable

_INJECTS: Final = "addveri"  # the only action that is documented (INJ)
_PATHS: Final = {KNOWLEDGE_PATH: Pipeline.KNOWLEDGE, FACE_AUTH_PATH: Pipeline.FACE_AUTH}
_UNKNOWN: Final = "liveform does not know it; if the vendor does not either, it has no effect"


@dataclass(frozen=True, slots=True)
class Seen:
    """A parameter that the vendor will act on. Its repr does not show the value."""

    name: str
    value: JsonValue
    encrypted: bool
    about: str = ""

    def __repr__(self) -> str:
        return f"Seen({self.name!r}, encrypted={self.encrypted})"


@dataclass(frozen=True, slots=True)
class Ignored:
    """A parameter without effect, and why."""

    name: str
    encrypted: bool
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the vendor makes of a form URL, by its documents (QS, ENC, DP, INJ).

    Attributes:
        pipeline: which form opens.
        pid: the project id in the URL; None if there is none.
        seen: what the vendor will act on, in the order of the URL.
        ignored: what has no effect, with the reason.
        problems: what will go wrong, in sentences that name parameters but show no values.

    The repr shows no values; ``to_text()`` shows them, for a developer's own eyes.
    """

    pipeline: Pipeline
    pid: str | None
    seen: tuple[Seen, ...]
    ignored: tuple[Ignored, ...]
    problems: tuple[str, ...]

    def to_text(self) -> str:
        """Return a page for the terminal, with values."""
        lines = [f"pipeline  {self.pipeline.value}", f"pid       {_shown(self.pid or '(missing)')}"]
        lines += [
            f"seen      {_shown(seen.name)} = {_shown(seen.value)}{'  (encrypted)' if seen.encrypted else ''}"
            for seen in self.seen
        ]
        lines += [f"ignored   {_shown(ignored.name)}: {ignored.why}" for ignored in self.ignored]
        lines += [f"problem   {problem}" for problem in self.problems]
        return "\n".join(lines)


def _shown(value: JsonValue) -> str:
    return printable(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).replace(
        "\n", "\\n"
    )


def explain_url(
    url: str,
    project: FormAccess,
    face_auth: FormAccess,
    *,
    base_url: str,
    table: ParameterTable,
    encryption_only: bool,
    now: float,
) -> Explanation:
    """Return what the vendor makes of ``url`` at ``now``, in seconds since 1970; see ``Project.explain``."""
    if not isinstance(url, str) or "://" not in url:
        raise MalformedError("must be a URL, with https:// in front")
    reader = _Reader(url, base_url, table, encryption_only, now)
    access = face_auth if reader.pipeline is Pipeline.FACE_AUTH else project
    reader.read_pid(access.pid)
    reader.read(access.cipher)
    return Explanation(
        reader.pipeline,
        reader.plain.get("pid"),
        tuple(reader.seen),
        tuple(reader.ignored),
        tuple(reader.problems),
    )


class _Reader:
    """Reads one URL by the vendor's rules and collects what it finds."""

    def __init__(
        self, url: str, base_url: str, table: ParameterTable, encryption_only: bool, now: float
    ) -> None:
        self.url = url
        self.now = now
        self.table = table
        self.encryption_only = encryption_only
        self.seen: list[Seen] = []
        self.ignored: list[Ignored] = []
        self.problems: list[str] = []
        self.values: dict[str, tuple[Parameter, JsonValue]] = {}  # what is seen, by argument name
        pairs = read_pairs(url)
        self.plain = dict(pairs)
        self.pipeline = Pipeline.ID_DOCUMENT
        if re.search(r"[\t\r\n]", url):
            self.problems.append("the URL holds a tab or line break; browsers drop it")
        self._read_address(base_url)
        if self.pipeline is Pipeline.FACE_AUTH:
            self.encryption_only = False  # a mode of the project's own forms; FaceAuth is always encrypted
        for name, count in Counter(name for name, _ in pairs).items():
            if count > 1:
                self.problems.append(
                    f"{shown(name)} is given {count} times; which one counts is not documented"
                )

    def _read_address(self, base_url: str) -> None:
        address = _address(self.url)
        form = _address(base_url)
        if address not in (form, *(form + path for path in (FORM_PATH, *_PATHS))):
            self.problems.append(
                f"the address is not the form's: {form}{FORM_PATH} or {form}{KNOWLEDGE_PATH}, "
                f"or for FaceAuth {form}{FACE_AUTH_PATH}"
            )
        for path, pipeline in _PATHS.items():
            if address.endswith(path):
                self.pipeline = pipeline

    def read_pid(self, pid: str | None) -> None:
        """Say what is wrong with the project id."""
        if "pid" not in self.plain:
            self.problems.append("pid is missing; no form opens without it")
        elif pid is None:
            self.problems.append("pid cannot be checked: this project has no face_auth_pid")
        elif self.plain["pid"] != pid:
            self.problems.append("pid is that of another project")

    def read(self, cipher: JsonCipher | None) -> None:
        """Read the parameters, plain ones and encrypted ones."""
        plain = {name: value for name, value in self.plain.items() if name not in RESERVED}
        secret = self._open(cipher)
        is_form = self.pipeline is not Pipeline.FACE_AUTH
        injects = is_form and plain.get("action") == _INJECTS and not self.encryption_only
        if "encrypted" in self.plain and "sid" in plain and injects:
            why = "sid and action are plain beside it, so this acts as a plain injection"
            self.ignored.append(Ignored("encrypted", encrypted=True, why=why))
            secret = {}
        if injects or (is_form and secret.get("action") == _INJECTS):
            self.pipeline = Pipeline.INJECTION
        for name in () if self.encryption_only else secret:
            row = self.table.by_encrypted_name(name)
            if (name if row is None else row.plain_name) in plain:
                self.problems.append(
                    f"{shown(name)} is both plain and encrypted; which one counts is not documented"
                )
        for name, text in plain.items():
            self._take(name, text, encrypted=False)
        for name, value in secret.items():
            self._take(name, value, encrypted=True)
        self._check_together()

    def _open(self, cipher: JsonCipher | None) -> Mapping[str, JsonValue]:
        text = self.plain.get("encrypted")
        if text is None:
            return {}
        self._check_transport(text)
        if cipher is None:
            self.problems.append("encrypted cannot be looked into: this project has no key for it")
            return {}
        try:
            return cipher.decrypt(text)
        except UntrustedInputError:
            self.problems.append("encrypted does not open with this project's key, cipher and layout")
            return {}

    def _check_transport(self, text: str) -> None:
        written = next((part for part in query_of(self.url).split("&") if part.startswith("encrypted=")), "")
        if "+" in written or " " in text:
            self.problems.append(
                "encrypted holds a + that is not percent-encoded (%2B); servers read it as a space"
            )

    def _take(self, name: str, value: JsonValue, *, encrypted: bool) -> None:
        row = self.table.by_encrypted_name(name) if encrypted else self.table.by_plain_name(name)
        why = self._why_ignored(name, row, encrypted=encrypted)
        if row is None or why is not None:
            self.ignored.append(Ignored(name, encrypted, why or _UNKNOWN))
            return
        self.seen.append(Seen(name, value, encrypted, row.about))
        self.values[row.name] = (row, value)
        try:
            wire = row.value.check(name, value)
            if value != (wire if encrypted else plain_text(name, wire)):
                self.problems.append(f"{shown(name)} is not written as the vendor documents it")
        except FieldError as error:
            self.problems.append(str(error))

    def _why_ignored(self, name: str, row: Parameter | None, *, encrypted: bool) -> str | None:
        if self.encryption_only and not encrypted and name != "lang":
            return "in Encryption-only mode nothing but pid, encrypted and lang is read in plain"
        if encrypted and name in (*RESERVED, "lang"):
            return "it must be plain"
        if row is None:
            meant = self.table.by_vendor_name(name)
            return meant and f"here it is called {meant.encrypted_name if encrypted else meant.plain_name}"
        place = row.places.get(self.pipeline)
        if place is None:
            return f"it belongs to {' or '.join(pipeline.value for pipeline in row.places)}"
        if place is Place.ENCRYPTED and not encrypted:
            return "it must be encrypted"
        return None

    def _check_together(self) -> None:
        for row, value in self.values.values():
            self.problems += [
                f"{row.vendor_name} must not be combined with {self.values[name][0].vendor_name}"
                for name in row.excludes
                if name in self.values
            ]
            self.problems += [
                f"{row.vendor_name} needs {other.vendor_name} beside it"
                for other in self.table.rows
                if other.name in row.requires and other.name not in self.values
            ]
            if row.name == "start_valid_until" and _is_past(value, self.now):
                self.problems.append(f"{row.vendor_name} is past; the form shows PV-40018")
        if self.pipeline in (Pipeline.INJECTION, Pipeline.FACE_AUTH) and "sid" not in self.values:
            what = "injection" if self.pipeline is Pipeline.INJECTION else "face authentication"
            self.problems.append(f"sid is missing; {what} needs the id of a submission")


def _address(url: str) -> str:
    """The URL up to its query, with scheme and host in lower case (RFC 3986 section 6.2.2.1)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise MalformedError("must be a URL, with https:// in front") from None
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def _is_past(value: JsonValue, now: float) -> bool:
    try:
        instant = datetime.fromisoformat(str(value))
        return instant.utcoffset() is not None and instant.timestamp() < now
    except ValueError:
        return False  # what is wrong with it was said already
