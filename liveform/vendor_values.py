"""What REST answers and webhooks have in common: frozen typed values that keep all that came.

The vendor adds members, and its sets of values are open. So a missing member is None, an unknown one is kept
in ``raw``, and a member of an unexpected type is None too: a new vendor value never breaks an old program.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, get_args

import msgspec

if TYPE_CHECKING:
    from typing import Self

_RAW: Final = " raw"  # as a wire name: no member is called so


class VendorValue(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all values that the vendor sent. A repr shows what ``shown`` names, and nothing else.

    A subclass declares one attribute a member, each with the default None (or an empty tuple), of the types
    str, bool, int, float, Any, ``tuple`` of them, or another ``VendorValue``. ``rename`` of the class
    statement gives the vendor's names.

    Attributes:
        raw: the members as they came, unknown ones too.
    """

    raw: Mapping[str, Any] = msgspec.field(default_factory=dict, name=_RAW)

    shown: ClassVar[tuple[str, ...]] = ()  # attributes that are about nobody: the vendor's ids, statuses
    aliases: ClassVar[Mapping[str, str]] = {}  # older or misspelt wire names -> the wire name

    @classmethod
    def read(cls, members: Mapping[str, Any]) -> Self:
        """Return the value that the members of a JSON object describe. Nothing in them is an error."""
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


class _Field(NamedTuple):
    """A member that holds one VendorValue, or a list of them."""

    attribute: str
    wire_name: str
    kind: type[VendorValue]


def _with_usual_names(members: Mapping[str, Any], cls: type[VendorValue]) -> dict[str, Any]:
    """The members in which each older name, also inside nested values, is the usual one."""
    named: dict[str, Any] = {}
    for name, value in members.items():
        usual = cls.aliases.get(name, name)
        if usual == name or usual not in members:
            named[usual] = value
    for field in _nested(cls):
        value = named.get(field.wire_name)
        if isinstance(value, Mapping):
            named[field.wire_name] = _with_usual_names(value, field.kind)
        elif isinstance(value, list):
            named[field.wire_name] = [
                _with_usual_names(item, field.kind) for item in value if isinstance(item, Mapping)
            ]
    return named


def _readable(members: Mapping[str, Any], cls: type[VendorValue]) -> dict[str, Any]:
    """The members whose type is the expected one; inside a nested value, member by member."""
    nested = {field.wire_name: field.kind for field in _nested(cls)}
    readable = {}
    for field in msgspec.structs.fields(cls):
        value = members.get(field.encode_name)
        if value is None:
            continue
        if field.encode_name in nested:
            value = _readable_inside(value, nested[field.encode_name])
        try:
            msgspec.convert(value, field.type)
        except msgspec.ValidationError:
            continue
        readable[field.encode_name] = value
    return readable


def _readable_inside(value: object, kind: type[VendorValue]) -> object:
    if isinstance(value, list):
        return [_readable(item, kind) for item in value]
    return _readable(value, kind) if isinstance(value, Mapping) else value


def _keep_raw(value: VendorValue, members: Mapping[str, Any]) -> None:
    msgspec.structs.force_setattr(value, "raw", members)
    for attribute, wire_name, _ in _nested(type(value)):
        inner = getattr(value, attribute)
        came = members.get(wire_name)
        if isinstance(inner, VendorValue) and isinstance(came, Mapping):
            _keep_raw(inner, came)
        elif isinstance(inner, tuple) and isinstance(came, list):
            objects = [item for item in came if isinstance(item, Mapping)]
            for one, one_came in zip(inner, objects, strict=False):
                _keep_raw(one, one_came)


@cache
def _nested(cls: type[VendorValue]) -> tuple[_Field, ...]:
    return tuple(
        _Field(field.name, field.encode_name, kind)
        for field in msgspec.structs.fields(cls)
        for kind in _kinds(field.type)
    )


def _kinds(annotation: Any) -> list[type[VendorValue]]:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, VendorValue):
        return [annotation]
    return [kind for part in get_args(annotation) for kind in _kinds(part)]
