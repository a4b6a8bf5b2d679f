"""What a caller gives -> checked values, each under its name on the wire, plain apart from encrypted."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn, TypeAlias

from liveform.errors import FieldError, shown
from liveform.parameters.model import RESERVED, Parameter, Pipeline, Place
from liveform.parameters.values import ValueRule, plain_text
from liveform.wire.json_object import JsonValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveform.parameters.lookup import ParameterTable

Check: TypeAlias = Callable[[str, object], JsonValue]

_METHODS: Final = {
    Pipeline.ID_DOCUMENT: "form_url",
    Pipeline.KNOWLEDGE: "knowledge_url",
    Pipeline.INJECTION: "injection_url",
    Pipeline.FACE_AUTH: "face_auth_url",
}


class Placed(NamedTuple):
    """Checked values by their names on the wire, in the order in which they were given."""

    plain: dict[str, str]  # in the URL itself
    secret: dict[str, JsonValue]  # what goes inside ``encrypted``


class _Slot(NamedTuple):
    """Where a value goes, and the check that it passes on the way."""

    wire_name: str
    secret: bool
    check: Check


class Form:
    """The parameter table, made ready for one pipeline in one mode: a value passes one lookup and one check.

    Args:
        table: every parameter.
        pipeline: the form that the URL opens.
        encrypt: whether all that may be encrypted is.
        encryption_only: the dashboard's mode, in which nothing but pid, encrypted and lang is read.
    """

    __slots__ = ("_by_name", "_by_vendor_name", "_extras", "_rules", "_table")

    def __init__(
        self, table: "ParameterTable", pipeline: Pipeline, *, encrypt: bool, encryption_only: bool
    ) -> None:
        slots = {row.name: _slot(row, pipeline, encrypt, encryption_only) for row in table.rows}
        self._table = table
        self._by_name = slots
        self._by_vendor_name = {name: slots[row.name] for row in table.rows for name in row.vendor_names}
        self._extras = _slot_at(Place.EITHER, "", ValueRule().check, encrypt, encryption_only)
        rows = {row.name: (slots[row.name].wire_name, row) for row in table.rows}
        self._rules = [
            (
                *rows[row.name],
                [slots[other].wire_name for other in row.excludes],
                [rows[other] for other in row.requires],
            )
            for row in table.rows
            if (row.excludes or row.requires) and pipeline in row.places
        ]

    def place(
        self,
        mapping: Mapping[str, object] | None,
        named: Mapping[str, object],
        extra: Mapping[str, object] | None,
    ) -> Placed:
        """Return the fields of a call: those of the mapping, then the named arguments, then the extras.

        Raises:
            FieldError: unknown, given twice, of another pipeline, in conflict, without what it needs, with a
                wrong value, or plain where the vendor would ignore it.
        """
        plain: dict[str, JsonValue] = {}
        secret: dict[str, JsonValue] = {}
        if mapping is not None:
            self._take(plain, secret, self._by_vendor_name, _pairs("fields", mapping))
        self._take(plain, secret, self._by_name, named.items())
        for one, row, others, needed in self._rules:
            if one in secret or one in plain:
                self._check_alone(one, others, mapping or {}, named)
                _check_beside(row, needed, {*secret, *plain}, named)
        if extra is not None:
            self._take_extras(plain, secret, extra)
        texts = {name: plain_text(name, value) for name, value in plain.items()} if plain else {}
        return tuple.__new__(Placed, (texts, secret))  # in a third of the time of Placed(texts, secret)

    def check(self, name: str, value: object, *, label: str) -> None:
        """Return if a parameter may have this value here; errors, as in ``place``, call it ``label``."""
        self._by_name[name].check(label, value)

    def _take(
        self,
        plain: dict[str, JsonValue],
        secret: dict[str, JsonValue],
        slots: Mapping[str, _Slot],
        given: "Iterable[tuple[str, object]]",
    ) -> None:
        for label, value in given:
            slot = slots.get(label)
            if slot is None:
                raise self._unknown(label, vendor=slots is self._by_vendor_name)
            if value is None:
                continue
            name, is_secret, check = slot
            place = secret if is_secret else plain
            if name in place:
                raise FieldError(label, "is given twice")
            place[name] = check(label, value)

    def _take_extras(
        self, plain: dict[str, JsonValue], secret: dict[str, JsonValue], extra: Mapping[str, object]
    ) -> None:
        pairs = _pairs("extra", extra)
        for name, _ in pairs:
            if name in RESERVED or name in self._by_vendor_name:
                raise FieldError(name, "is a known parameter; give it as an argument or in the mapping")
            if not name.isascii() or not name.isprintable() or not name:
                raise FieldError("extra", "names must be printable ASCII")
        slots = {name: self._extras._replace(wire_name=name) for name, _ in pairs}
        self._take(plain, secret, slots, pairs)

    def _unknown(self, name: str, *, vendor: bool) -> FieldError:
        if name in RESERVED:
            return FieldError(name, "is set by the project itself")
        from liveform.parameters.guesses import probably_meant  # noqa: PLC0415 - for a mistake only

        meant = probably_meant(self._table, shown(name), vendor=vendor)
        hint = f"; did you mean {meant}?" if meant else ""
        return FieldError(
            shown(name), f"is not a known parameter{hint} (what is new at the vendor goes through extra=)"
        )

    def _check_alone(
        self, one: str, others: list[str], mapping: Mapping[str, object], named: Mapping[str, object]
    ) -> None:
        """Refuse a parameter beside those that it excludes, by the names that the caller used."""
        given = [(self._by_vendor_name[label], label, value) for label, value in mapping.items()]
        given += [(self._by_name[label], label, value) for label, value in named.items()]
        labels = {slot.wire_name: label for slot, label, value in given if value is not None}
        for other in others:
            if other in labels:
                raise FieldError(labels[one], f"must not be combined with {labels[other]}")


def _check_beside(
    row: Parameter, needed: list[tuple[str, Parameter]], given: set[str], named: Mapping[str, object]
) -> None:
    """Refuse a parameter without one that it needs, by names of the kind that the caller used."""
    as_argument = named.get(row.name) is not None
    for wire_name, other in needed:
        if wire_name not in given:
            wanted = other.name if as_argument else other.vendor_name
            raise FieldError(
                row.name if as_argument else row.vendor_name, f"needs {wanted} beside it; add {wanted}"
            )


def _slot(parameter: Parameter, pipeline: Pipeline, encrypt: bool, encryption_only: bool) -> _Slot:
    place = parameter.places.get(pipeline)
    if place is None:
        methods = " or ".join(_METHODS[other] for other in parameter.places)
        problem = f"does not belong to {_METHODS[pipeline]}; it belongs to {methods}"
        return _Slot(parameter.name, secret=True, check=_refusal(problem))
    slot = _slot_at(place, parameter.plain_name, parameter.value.check, encrypt, encryption_only)
    return slot._replace(wire_name=parameter.encrypted_name) if slot.secret else slot


def _slot_at(place: Place, plain_name: str, check: Check, encrypt: bool, encryption_only: bool) -> _Slot:
    if encrypt and place is not Place.PLAIN:
        return _Slot(plain_name, secret=True, check=check)
    if place is Place.ENCRYPTED or (encryption_only and place is Place.EITHER):
        mode = "in Encryption-only mode " if encryption_only else ""
        problem = f"must be encrypted: {mode}the vendor ignores it in plain "
        return _Slot(plain_name, secret=False, check=_refusal(f"{problem}{_TO_ENCRYPT}"))
    return _Slot(plain_name, secret=False, check=check)


_TO_ENCRYPT: Final = "(give the project a key, and let it encrypt)"


def _refusal(problem: str) -> Check:
    def refuse(label: str, _: object) -> NoReturn:
        raise FieldError(label, problem)

    return refuse


def _pairs(field: str, mapping: object) -> list[tuple[str, object]]:
    if type(mapping) is not dict and not isinstance(mapping, Mapping):  # the second takes longer
        raise FieldError(field, "must be a mapping of names to values")
    pairs = list(mapping.items())
    if not all(isinstance(name, str) for name, _ in pairs):
        raise FieldError(field, "names must be text")
    return pairs
