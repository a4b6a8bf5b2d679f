"""What a caller gives -> checked fields, each once and in order; then plain apart from encrypted ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.errors import FieldError, shown
from liveform.json_text import JsonValue, check_json
from liveform.parameters import RESERVED, Parameter, ParameterTable, Pipeline, Place
from liveform.values import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOORS: Final = {
    Pipeline.ID_DOCUMENT: "form_url",
    Pipeline.KNOWLEDGE: "knowledge_url",
    Pipeline.INJECTION: "injection_url",
}


class Field(NamedTuple):
    """One checked field. ``parameter`` is None for an extra that the table does not know."""

    label: str
    parameter: Parameter | None
    value: JsonValue

    def place(self, pipeline: Pipeline) -> Place:
        """Where it may stand."""
        return Place.EITHER if self.parameter is None else self.parameter.places[pipeline]

    @property
    def plain_name(self) -> str:
        """Its name in a plain URL."""
        return self.label if self.parameter is None else self.parameter.plain_name

    @property
    def encrypted_name(self) -> str:
        """Its name inside ``encrypted``."""
        return self.label if self.parameter is None else self.parameter.encrypted_name


def gather(
    table: ParameterTable,
    pipeline: Pipeline,
    *,
    mapping: Mapping[str, object] | None,
    named: Mapping[str, object],
    extra: Mapping[str, object] | None,
) -> list[Field]:
    """Return the fields of a call: those of the mapping, then the named arguments, then the extras.

    Raises:
        FieldError: unknown, given twice, of another pipeline, in conflict, or with a wrong value.
    """
    fields: dict[str, Field] = {}
    for label, parameter, value in _known(table, mapping, named):
        if parameter.name in fields:
            raise FieldError(label, "is given twice")
        fields[parameter.name] = _checked(pipeline, label, parameter, value)
    _check_conflicts(fields)
    return [*fields.values(), *_extras(table, extra)]


def _known(
    table: ParameterTable, mapping: Mapping[str, object] | None, named: Mapping[str, object]
) -> Iterator[tuple[str, Parameter, object]]:
    for name, value in _pairs("fields", mapping):
        parameter = table.by_vendor_name(name)
        if parameter is None:
            raise _unknown(table, name, vendor=True)
        if value is not None:
            yield name, parameter, value
    for name, value in named.items():
        parameter = table.by_name(name)
        if parameter is None:
            raise _unknown(table, name, vendor=False)
        if value is not None:
            yield name, parameter, value


def _pairs(field: str, mapping: Mapping[str, object] | None) -> list[tuple[str, object]]:
    if mapping is None:
        return []
    if not isinstance(mapping, Mapping):
        raise FieldError(field, "must be a mapping of names to values")
    pairs = list(mapping.items())
    if not all(isinstance(name, str) for name, _ in pairs):
        raise FieldError(field, "names must be text")
    return pairs


def _unknown(table: ParameterTable, name: str, *, vendor: bool) -> FieldError:
    if name in RESERVED:
        return FieldError(name, "is set by the project itself")
    meant = table.meant_by(shown(name), vendor=vendor)
    hint = f"; did you mean {meant}?" if meant else ""
    return FieldError(
        shown(name), f"is not a known parameter{hint} (what is new at the vendor goes through extra=)"
    )


def _checked(pipeline: Pipeline, label: str, parameter: Parameter, value: object) -> Field:
    if pipeline not in parameter.places:
        doors = " or ".join(_DOORS[other] for other in parameter.places)
        raise FieldError(label, f"does not belong to {_DOORS[pipeline]}; it belongs to {doors}")
    return Field(label, parameter, parameter.value.check(label, value))


def _check_conflicts(fields: Mapping[str, Field]) -> None:
    for field in fields.values():
        for other in field.parameter.excludes if field.parameter else ():
            if other in fields:
                raise FieldError(field.label, f"must not be combined with {fields[other].label}")


def _extras(table: ParameterTable, extra: Mapping[str, object] | None) -> Iterator[Field]:
    for name, value in _pairs("extra", extra):
        if name in RESERVED or table.by_vendor_name(name) is not None:
            raise FieldError(name, "is a known parameter; give it as an argument or in the mapping")
        if not name.isascii() or not name.isprintable() or not name:
            raise FieldError("extra", "names must be printable ASCII")
        if value is not None:
            check_json(name, value)
            yield Field(name, None, value)  # type: ignore[arg-type]  # check_json has seen to it


def split(
    fields: list[Field], pipeline: Pipeline, *, encrypt: bool, encryption_only: bool
) -> tuple[list[tuple[str, str]], dict[str, JsonValue]]:
    """Return the pairs that stand plain in the URL, and the members that go inside ``encrypted``.

    Raises:
        FieldError: a field must be encrypted and ``encrypt`` is False.
    """
    plain: list[tuple[str, str]] = []
    secret: dict[str, JsonValue] = {}
    for field in fields:
        place = field.place(pipeline)
        if encrypt and place is not Place.PLAIN:
            secret[field.encrypted_name] = field.value
            continue
        if place is Place.ENCRYPTED or (encryption_only and place is Place.EITHER):
            mode = "in Encryption-only mode " if encryption_only else ""
            raise FieldError(
                field.label,
                f"must be encrypted: {mode}the vendor ignores it in plain "
                "(give the project a key, and let it encrypt)",
            )
        plain.append((field.plain_name, plain_text(field.label, field.value)))
    return plain, secret
