"""Functions that read the query of a form URL as the vendor's documents say.

The functions are pure; ``admission`` has the rules that depend on time or on earlier visits. They follow the
vendor's documents and share no code with liveform's builder, so that each can reveal mistakes of the other.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import parse_qsl, quote

from liveform import PARAMETERS, LiveformError, Parameter, Pipeline, Place, Project
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.findings import Doubt, FormFindings, Ignored, NotAccepted, Note, Understood, Why
from webhelper.simulator.wire import START_VALID_UNTIL, has_other_offset, is_accepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Servers accept 8 to 64 KiB. Values of this size also fit into an encrypted Return URL.
MAX_QUERY_CHARS: Final = 16_384
MAX_PARAMETERS: Final = 100

_PID: Final = "pid"
_LANG: Final = "lang"
_ENCRYPTED: Final = "encrypted"
_SID: Final = "sid"
_ACTION: Final = "action"
_ADD_DATA: Final = "addveri"
_QUERY_CHARACTERS: Final = "!$&'()*+,;=:@/?%"  # RFC 3986 section 3.4, without letters and digits

_Verdict: TypeAlias = Understood | NotAccepted | Ignored


def query_text(raw: bytes) -> str:
    """Return the bytes of a query as equivalent ASCII text."""
    return quote(raw, safe=_QUERY_CHARACTERS)


def read_query(query: str, *, projects: Mapping[str, Project], knowledge: bool) -> FormFindings:
    """Return how the vendor reads a query.

    Args:
        query: the query from ``query_text``.
        projects: the projects by name; the first with the pid of the query is used.
        knowledge: whether the URL is that of the Knowledge form.
    """
    form = Pipeline.KNOWLEDGE if knowledge else Pipeline.ID_DOCUMENT
    try:
        pairs = _pairs(query)
    except ValueError:
        return FormFindings(pipeline=form, unread=Kind.UNREADABLE)
    plain: dict[str, str] = {}
    for name, value in pairs:
        plain.setdefault(name, value)  # the first counts, as in a browser's URLSearchParams.get
    if not plain.get(_PID):
        return FormFindings(pipeline=form, unread=Kind.PID_MISSING)
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    for name, project in projects.items():
        if project.pid == plain[_PID]:
            return _read(plain, form, name, project, notes=[Note(Doubt.GIVEN_TWICE, one) for one in twice])
    return FormFindings(pipeline=form, unread=Kind.PID_UNKNOWN)


def _pairs(query: str) -> list[tuple[str, str]]:
    if len(query) > MAX_QUERY_CHARS:
        raise ValueError("too long")
    return parse_qsl(query, keep_blank_values=True, errors="replace", max_num_fields=MAX_PARAMETERS)


def _read(
    plain: Mapping[str, str], form: Pipeline, name: str, project: Project, *, notes: list[Note]
) -> FormFindings:
    considered = {
        name: value
        for name, value in plain.items()
        if name not in (_PID, _ENCRYPTED) and (name == _LANG or not project.encryption_only)
    }
    dropped = [name for name in plain if name not in (_PID, _ENCRYPTED, *considered)]
    verdicts: list[_Verdict] = [Ignored(name, encrypted=False, why=Why.ENCRYPTION_ONLY) for name in dropped]
    secret: Mapping[str, object] | None = {}
    if _ENCRYPTED in plain and considered.get(_ACTION) == _ADD_DATA and considered.get(_SID):
        verdicts.append(Ignored(_ENCRYPTED, encrypted=True, why=Why.PLAIN_INJECTION))  # INJ
    elif _ENCRYPTED in plain:
        secret = _opened(project, plain[_ENCRYPTED])
    opened = secret or {}
    is_injection = _ADD_DATA in (considered.get(_ACTION), opened.get(_ACTION))
    pipeline = Pipeline.INJECTION if is_injection else form
    verdicts += [_judge(pipeline, name, value, encrypted=False) for name, value in considered.items()]
    verdicts += [_judge(pipeline, name, value, encrypted=True) for name, value in opened.items()]
    understood = tuple(one for one in verdicts if isinstance(one, Understood))
    return FormFindings(
        pipeline=pipeline,
        project_name=name,
        project=project,
        understood=understood,
        not_accepted=tuple(one for one in verdicts if isinstance(one, NotAccepted)),
        ignored=tuple(one for one in verdicts if isinstance(one, Ignored)),
        notes=(*notes, *_notes(understood, form, pipeline)),
        unread=Kind.UNOPENED if secret is None else None,
        fault=_fault(understood, pipeline),
    )


def _opened(project: Project, text: str) -> Mapping[str, object] | None:
    """Return the members of ``encrypted``, or None if it cannot be decrypted.

    liveform repairs a ``+`` that became a space, and a second percent-encoding. The simulator does not: the
    vendor documents no such repair, and a tester wants to see the mistake.
    """
    if re.search(r"[\s%]", text):
        return None
    try:
        return project.decrypt(text)
    except LiveformError:  # also a project without a key
        return None


def _judge(pipeline: Pipeline, name: str, value: object, *, encrypted: bool) -> _Verdict:
    if encrypted and name in (_PID, _LANG, _ENCRYPTED):
        return Ignored(name, encrypted, Why.MUST_BE_PLAIN)  # DP
    row = next((row for row in PARAMETERS if _name(row, encrypted=encrypted) == name), None)
    if row is None:
        return _unknown(name, encrypted=encrypted)
    if pipeline not in row.places:
        return Ignored(name, encrypted, Why.OTHER_FORM, ", ".join(row.places))
    if row.places[pipeline] is Place.ENCRYPTED and not encrypted:
        return Ignored(name, encrypted, Why.MUST_ENCRYPT)  # QS
    if not is_accepted(row, value, encrypted=encrypted):
        return NotAccepted(row, name, encrypted)
    return Understood(row, name, value, encrypted)


def _unknown(name: str, *, encrypted: bool) -> Ignored:
    meant = next((row for row in PARAMETERS if name in row.vendor_names), None)
    if meant is None:
        return Ignored(name, encrypted, Why.UNKNOWN)
    return Ignored(name, encrypted, Why.OTHER_NAME, _name(meant, encrypted=encrypted))


def _name(row: Parameter, *, encrypted: bool) -> str:
    return row.encrypted_name if encrypted else row.plain_name


def _notes(understood: Sequence[Understood], form: Pipeline, pipeline: Pipeline) -> Iterator[Note]:
    for name, count in Counter(one.row.vendor_name for one in understood).items():
        if count > 1:
            yield Note(Doubt.BOTH_PLACES, name)
    if len({one.encrypted for one in understood if one.name in (_SID, _ACTION)}) > 1:
        yield Note(Doubt.SPLIT_INJECTION, _SID)
    if (form, pipeline) == (Pipeline.KNOWLEDGE, Pipeline.INJECTION):
        yield Note(Doubt.KNOWLEDGE_INJECTION, _ACTION)
    for one in understood:
        if one.row.name == START_VALID_UNTIL and has_other_offset(one.value):
            yield Note(Doubt.OTHER_OFFSET, one.name)


def _fault(understood: Sequence[Understood], pipeline: Pipeline) -> Kind | None:
    given = {one.row.name for one in understood}
    if any(given.intersection(one.row.excludes) for one in understood):
        return Kind.CONFLICT  # QS
    if pipeline is Pipeline.INJECTION and _SID not in given:
        return Kind.SID_MISSING  # INJ
    return None
