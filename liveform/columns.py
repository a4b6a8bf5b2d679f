"""The header of a table -> which column is which parameter."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias, cast

from liveform.cells import cell_value, is_empty
from liveform.errors import FieldError, shown
from liveform.parameters.lookup import vendor_table
from liveform.parameters.spelling import compact, meanings
from liveform.parameters.text_values import bare
from liveform.parameters.values import Identifier, Instant
from liveform.text_cells import ODD_PARTS, ODD_SIGNS, ODD_TEXTS, meant_text, read_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from liveform.parameters.model import Parameter

Reader: TypeAlias = Callable[[str], object]

_NAMELESS: Final = "has no name"
_CACHED: Final = 1024  # texts of a column, and names of columns


class Target(NamedTuple):
    """Where a column goes.

    Attributes:
        parameter: into the URL, as this; None for a column that stays outside.
        note: why it stays outside, for people.
    """

    parameter: Parameter | None
    note: str = ""

    @property
    def name(self) -> str:
        """The name of the parameter; empty without one."""
        return "" if self.parameter is None else self.parameter.name


class Header(NamedTuple):
    """The columns of a table, ready for rows.

    Attributes:
        columns: as the table names them.
        names: of their parameters; empty for a column that stays outside of the URL.
        parameters: those that there are, by name.
        readers: what reads the text of a parameter, where the text itself would not do.
        nameless: the places of columns without a name, which must be empty.
    """

    columns: tuple[object, ...]
    names: list[str]
    parameters: dict[str, Parameter]
    readers: dict[str, Reader]
    nameless: list[int]

    def values(self, cells: Sequence[object]) -> dict[str, object]:
        """Return the values of a row that has a cell for each column.

        Raises:
            FieldError: a cell is not of its parameter's kind, or has no column; ``.field`` is the parameter.
        """
        for place in self.nameless:
            if not _is_blank(cells[place]):
                raise FieldError("row", _behind_the_header(cells[place], place))
        named = [(name, cell) for name, cell in zip(self.names, cells, strict=True) if name]
        try:
            texts = {name: text for name, cell in named if (text := cell.strip())}  # type: ignore[attr-defined]
            is_plain = "".join(texts.values()).isascii() and _is_plain(texts.values())
        except (AttributeError, TypeError):  # a cell that is not text
            is_plain = False
        if not is_plain:
            values = {name: cell_value(self.parameters[name], cell) for name, cell in named}
            return {name: value for name, value in values.items() if value is not None}
        for name, read in self.readers.items():
            if name in texts:
                texts[name] = read(texts[name])
        return texts

    def values_of_texts(self, rows: Sequence[Sequence[object]]) -> list[dict[str, object] | None] | None:
        """Return the values of rows at once, a column after the other, in half of the time.

        A value that is missing is None, and so are the values of a blank row. None instead of a list if a
        row has to be looked at alone: it has other cells than text, too many or too few, or a wrong one.
        """
        try:
            columns = [_bare_texts(cells) for cells in zip(*rows, strict=True)]
            if len(columns) != len(self.names) or any(any(columns[place]) for place in self.nameless):
                return None
            used = [self._read(name, columns[place]) for place, name in enumerate(self.names) if name]
        except (FieldError, TypeError, ValueError):
            return None
        names, width = [*self.parameters], len(used)
        return [
            None if values.count(None) == width else dict(zip(names, values, strict=True))
            for values in zip(*used, strict=True)
        ]

    def _read(self, name: str, texts: list[str]) -> list[object]:
        if not _is_plain(texts):
            raise FieldError(name, "has a text that is not a value")  # each row says for itself which
        read = self.readers.get(name)
        if read is None:
            return [text or None for text in texts]
        return [read(text) if text else None for text in texts]

    def column_of(self, name: str) -> str:
        """Return the column of a parameter, or the name of what has none."""
        return called(self.columns[self.names.index(name)]) if name in self.names else name


class Matcher:
    """Finds the parameter of each column.

    Args:
        columns: column -> parameter, by any of its names; None keeps a column out of the URL.
        fields: parameters that every row has already.
        ignore_others: keeps out every column that is not a parameter, instead of refusing it.

    Attributes:
        target_of: where a column goes; ``FieldError`` if it is not a parameter, or could be one of several.

    Raises:
        FieldError: ``columns`` names what is not a parameter.
    """

    def __init__(
        self, columns: Mapping[str, str | None], *, fields: Sequence[str], ignore_others: bool
    ) -> None:
        self._given = {
            column: Target(None, "ignored") if name is None else Target(named_parameter(column, name))
            for column, name in columns.items()
        }
        self._alike = {compact(column): target for column, target in self._given.items() if compact(column)}
        self._fields = fields
        self._ignore_others = ignore_others
        self.target_of = lru_cache(maxsize=_CACHED)(self._target_of)

    def header_of(self, columns: Sequence[object]) -> Header:
        """Return the header that these columns make.

        Raises:
            FieldError: columns that are not parameters, or two that are the same one; all of them at once.
        """
        taken = dict.fromkeys(self._fields, "a field of every row")
        faults, targets = [], []
        for column in columns:
            try:
                target = self.target_of(column)
            except FieldError as error:
                faults.append(error)
                continue
            if target.name in taken:
                faults.append(
                    FieldError(called(column), f"means {target.name}, as does {taken[target.name]}")
                )
            elif target.name:
                taken[target.name] = called(column)
            targets.append(target)
        if faults:
            others = "".join(f"; {fault}" for fault in faults[1:])
            raise FieldError(faults[0].field, faults[0].problem + others)
        return _header(tuple(columns), targets)

    def knows(self, column: str) -> bool:
        """Return whether a column is a parameter, or was named beforehand."""
        return compact(column) in self._alike or bool(meanings(column))

    def near_misses(self, columns: Sequence[str]) -> str:
        """Return a question for each column whose name is nearly that of a parameter."""
        found = {shown(column): vendor_table().meant_by(column, vendor=False) for column in columns}
        return "".join(f"; {name}: did you mean {meant}?" for name, meant in found.items() if meant)

    def unused(self, columns: Iterable[str]) -> list[str]:
        """Return the names given beforehand that none of these columns has."""
        written = set(columns)
        there = {*written, *map(bare, written), *filter(None, map(compact, written))}
        return [name for name in self._given if not {name, compact(name)} & there]

    def _target_of(self, column: object) -> Target:
        """Where a column goes, or ``FieldError`` if it is not a parameter, or could be one of several."""
        if column is not None and not isinstance(column, str):
            raise FieldError("row", "the names of columns must be text")
        if column is None or not bare(column):
            nameless = Target(None, "ignored" if self._ignore_others else _NAMELESS)
            if column is None:
                return nameless
            return self._given.get(column) or self._given.get("", nameless)
        given = self._given.get(column) or self._alike.get(compact(column))
        if given is not None:
            return given
        if self._ignore_others and not meanings(column):
            meant = vendor_table().meant_by(column, vendor=False)
            return Target(None, f"not a parameter; did you mean {meant}?" if meant else "not a parameter")
        return Target(named_parameter(column, column))


def named_parameter(column: str, name: object, *, is_field: bool = False) -> Parameter:
    """Return the parameter that a name means.

    Args:
        column: what the error calls it.
        name: of a parameter, as somebody wrote it.
        is_field: whether it is a field of every row, and no column.

    Raises:
        FieldError: none, or several; it says which was probably meant.
    """
    if not isinstance(name, str):
        raise FieldError(called(column), "must be matched with the name of a parameter, or None")
    found = meanings(name)
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(parameter.name for parameter in found)
        advice = "name one of them" if is_field else "match it with one of them, or ignore it"
        raise FieldError(called(column), f"could be {names}; {advice}")
    meant = vendor_table().meant_by(name, vendor=False)
    hint = f"; did you mean {meant}?" if meant else ""
    if is_field:
        raise FieldError(called(column), f"it is not a parameter{hint}")
    what = "it" if name == column else shown(name)
    problem = f"{what} is not a parameter{hint or '.'} Name the parameter of the column, or ignore it"
    raise FieldError(called(column), problem)


def called(column: object) -> str:
    """Return what an error or a summary calls a column, which may have no name that can be seen."""
    has_name = not isinstance(column, str) or bare(column)
    return shown(column) if has_name else "the column without a name"


def _bare_texts(cells: tuple[object, ...]) -> list[str]:
    """Each of the texts as its program meant it; ``TypeError`` if one is not a text."""
    texts = cast("tuple[str, ...]", cells)
    if "".join(texts).isascii() and '="' not in "".join(texts):
        return [*map(str.strip, texts)]
    return [*map(meant_text, texts)]


def _is_plain(texts: Collection[str]) -> bool:
    """Whether ``from_text`` reads every text as ``cell_value`` does."""
    if not ODD_TEXTS.isdisjoint(texts):
        return False
    lines = "\n".join(texts)
    return ODD_SIGNS.search(lines) is None or ODD_PARTS.search(lines) is None


def _header(columns: tuple[object, ...], targets: list[Target]) -> Header:
    parameters = {target.name: target.parameter for target in targets if target.parameter is not None}
    readers = {
        name: _reader(parameter) for name, parameter in parameters.items() if parameter.value.reads_text
    }
    nameless = [place for place, target in enumerate(targets) if target.note == _NAMELESS]
    return Header(columns, [target.name for target in targets], parameters, readers, nameless)


def _reader(parameter: Parameter) -> Reader:
    """What reads the text of a parameter, and remembers it where that helps: ids differ, and time passes."""
    if isinstance(parameter.value, Identifier):
        return partial(parameter.value.from_text, parameter.name)  # of plain texts, so they need no more
    if isinstance(parameter.value, Instant):
        return partial(read_text, parameter)
    return lru_cache(maxsize=_CACHED)(partial(cell_value, parameter))


def _behind_the_header(cell: object, place: int) -> str:
    if isinstance(cell, list):
        return "has more cells than the header"
    return f"has a value in column {place + 1}, which has no name; name it, or ignore '' or all others"


def _is_blank(cell: object) -> bool:
    """Whether a cell is empty, or all of the cells that ``csv.DictReader`` found behind the last column."""
    return all(map(is_empty, cell)) if isinstance(cell, list) else is_empty(cell)
