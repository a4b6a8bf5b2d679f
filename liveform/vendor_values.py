"""What REST answers and webhooks have in common: frozen typed values that keep all that came.

The vendor adds members, and its sets of values are open. So a missing member is None, an unknown one is kept
in ``raw``, and a member of an unexpected type is None too: a new vendor value never breaks an old program.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Final, NamedTuple, Self, get_args, get_origin

import msgspec

from liveform.errors import FieldError

_RAW: Final = " raw"  # as a wire name: no member is called so


class VendorValue(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all values that the vendor sent. A repr shows what ``shown`` names, and nothing else.

    A subclass declares one attribute a member, each with the default None (or an empty tuple), of the types
    str, bool, int, float, Any, ``tuple`` of them, or another ``VendorValue``. ``rename`` of the class
    statement gives the vendor's names. Where a list is declared, one value alone is a list of one.

    Attributes:
        raw: the members as they came, unknown ones too.
    """

    raw: Mapping[str, Any] = msgspec.field(default_factory=dict, name=_RAW)

    shown: ClassVar[tuple[str, ...]] = ()  # attributes that are about nobody: the vendor's ids, statuses
    aliases: ClassVar[Mapping[str, str]] = {}  # older or misspelt wire names -> the wire name

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """Return the value that the members of a JSON object describe. Nothing in them is an error.

        Raises:
            FieldError: not a mapping whose names are text.
        """
        members = checked_members(members)
        named = _with_usual_names(members, cls)
        try:
            value = msgspec.convert(named, cls)
        except msgspec.ValidationError:
            value = msgspec.convert(_readable(named, cls), cls)
        _keep_raw(value, members)
        return value

    def __repr__(self) -> str:
        given = [f"{name}={getattr(self, name)!r}" for name in self.shown if getattr(self, name) is not None]
        return f"{type(self).__name__}({', '.join([*given, f'{len(self.raw)} members'])})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return what rich shows, also in tracebacks with locals; msgspec's own would give it all members."""
        return [("members", len(self.raw))]


def checked_members(members: object) -> dict[str, Any]:
    """Return the members of a JSON object as ``json`` reads one: a dict, or what another mapping holds.

    Raises:
        FieldError: something else.
    """
    if isinstance(members, Mapping) and all(isinstance(name, str) for name in members):
        return members if isinstance(members, dict) else dict(members)
    raise FieldError("members", "must be a JSON object, as a dict or mapping with names of text")


class _Field(NamedTuple):
    """A member: its attribute, its usual wire name, its type, and what a nested value in it is."""

    attribute: str
    wire_name: str
    annotation: Any
    is_list: bool
    kind: type[VendorValue] | None


class _Plan(NamedTuple):
    """What is looked up once for a class.

    Attributes:
        fields: all members.
        nested: those that hold one VendorValue or a list of them.
        renaming: those of ``nested`` inside which a member may have an older name.
    """

    fields: tuple[_Field, ...]
    nested: tuple[tuple[_Field, type[VendorValue]], ...]
    renaming: tuple[tuple[_Field, type[VendorValue]], ...]


def _with_usual_names(members: Mapping[str, Any], cls: type[VendorValue]) -> Mapping[str, Any]:
    """The members in which each older name, also inside nested values, is the usual one."""
    named = members if members.keys().isdisjoint(cls.aliases) else _renamed(members, cls.aliases)
    for field, kind in _plan(cls).renaming:
        value = named.get(field.wire_name)
        if value is not None:
            items = _as_list(value) if field.is_list and isinstance(value, dict) else value
            usual = _with_usual_names_inside(items, kind)
            if usual is not value:
                named = {**named, field.wire_name: usual}
    return named


def _renamed(members: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for name, value in members.items():
        usual = aliases.get(name, name)
        if usual == name or usual not in members:
            named[usual] = value
    return named


def _with_usual_names_inside(value: object, kind: type[VendorValue]) -> object:
    if isinstance(value, list):  # one in it is no value of this kind, and may nest as deep as JSON can
        return [_with_usual_names(item, kind) if isinstance(item, dict) else item for item in value]
    return _with_usual_names(value, kind) if isinstance(value, dict) else value


def _readable(members: Mapping[str, Any], cls: type[VendorValue]) -> dict[str, Any]:
    """The members whose type is the expected one; inside a nested value, member by member."""
    readable = {}
    for field in _plan(cls).fields:
        value = members.get(field.wire_name)
        if value is None:
            continue
        if field.is_list:
            value = _as_list(value)
        if field.kind is not None:
            value = _readable_inside(value, field.kind)
        try:
            msgspec.convert(value, field.annotation)
        except msgspec.ValidationError:
            continue
        readable[field.wire_name] = value
    return readable


def _readable_inside(value: object, kind: type[VendorValue]) -> object:
    if isinstance(value, list):
        return [_readable(item, kind) for item in value if isinstance(item, dict)]
    return _readable(value, kind) if isinstance(value, dict) else value


def _as_list(value: object) -> list[Any]:
    """A list as it is; else the objects inside an object of objects; else a list of the one value.

    The vendor's pages show ``comment`` and ``additional_list`` both as a list and alone (W-approved, GB).
    """
    if isinstance(value, list):
        return value
    if isinstance(value, Mapping) and value and all(isinstance(item, dict) for item in value.values()):
        return list(value.values())
    return [value]


def _keep_raw(value: VendorValue, members: Mapping[str, Any]) -> None:
    msgspec.structs.force_setattr(value, "raw", members)
    for field, _ in _plan(type(value)).nested:
        inner = getattr(value, field.attribute)
        if inner is None or inner == ():
            continue
        came = members.get(field.wire_name)
        if came is None:
            came = _under_older_name(members, field, type(value))
        if isinstance(inner, VendorValue):
            _keep_raw(inner, came)
            continue
        if type(came) is not list or len(came) != len(inner):  # else each of them is an object
            came = [item for item in _as_list(came) if isinstance(item, dict)]
        for one, one_came in zip(inner, came, strict=True):
            _keep_raw(one, one_came)


def _under_older_name(members: Mapping[str, Any], field: _Field, cls: type[VendorValue]) -> Any:  # noqa: ANN401 - JSON
    return members[[name for name in members if cls.aliases.get(name) == field.wire_name][-1]]


@cache
def _plan(cls: type[VendorValue]) -> _Plan:
    fields = tuple(
        _Field(
            field.name,
            field.encode_name,
            field.type,
            any(get_origin(part) is tuple for part in (field.type, *get_args(field.type))),
            next(iter(_kinds(field.type)), None),
        )
        for field in msgspec.structs.fields(cls)
        if field.encode_name != _RAW
    )
    nested = tuple((field, field.kind) for field in fields if field.kind is not None)
    return _Plan(fields, nested, tuple(pair for pair in nested if _renames(pair[1])))


def _renames(cls: type[VendorValue]) -> bool:
    return bool(cls.aliases) or bool(_plan(cls).renaming)


def _kinds(annotation: Any) -> list[type[VendorValue]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, VendorValue):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in _kinds(part)]
