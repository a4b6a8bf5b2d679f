"""A row of a table -> its URL, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from liveform.cells import cell_value, is_empty
from liveform.columns import Header, Matcher, named_parameter
from liveform.crypto.json_cipher import JsonCipher
from liveform.errors import FieldError, UntrustedInputError, shown
from liveform.parameters.model import Pipeline
from liveform.parameters.values import Instant
from liveform.project import Project
from liveform.text_cells import EMPTY, SHEET_ERROR
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.form_urls import UrlBuilder
    from liveform.parameters.model import Parameter


T = TypeVar("T")


class BuiltRow(NamedTuple):
    """What became of one row: a URL, or an error that names the column; neither for a row without any value.

    Attributes:
        row: its number; 1 for the first.
        url: the URL; None if the row was refused or is blank.
        error: why it was refused; it has no traceback, for that would hold the row.
    """

    row: int
    url: str | None
    error: FieldError | None


@strips_traceback
def build_urls(
    project: Project,
    rows: Iterable[Mapping[str, object]],
    *,
    pipeline: Pipeline | str = Pipeline.ID_DOCUMENT,
    columns: Mapping[str, str | None] | None = None,
    ignore_others: bool = False,
    fields: Mapping[str, object] | None = None,
    encrypt: bool | None = None,
) -> Iterator[BuiltRow]:
    """Return an iterator over the outcome of each row, in order; a wrong row does not stop the others.

    Args:
        project: builds the URLs.
        rows: mappings such as those of ``csv.DictReader`` or of pandas; read one at a time. A cell that is
            None, NaN, ``pandas.NA`` or blank text leaves its field out. Text is read as the command does:
            ``FALSE``, ``15m``, ``USA, KOR``, ``{"a": 1}``; a whole number may stand for text.
        pipeline: ``"id_document"``, ``"knowledge"``, ``"injection"`` or ``"face_auth"``.
        columns: column -> parameter, by its Python name or a vendor name; None keeps a column out of the URL,
            and ``""`` is a column without a name, such as the index of pandas.
            A column that is not named here must have a parameter's name itself, in any case and with any
            spaces, ``_`` and ``-``.
        ignore_others: keeps all other columns out of the URL, instead of refusing them.
        fields: parameters that are the same for every row.
        encrypt: as in ``Project.form_url``.

    Raises:
        FieldError: ``project`` is not a Project, ``rows`` cannot be iterated over, or ``pipeline``,
            ``columns`` or ``fields`` are wrong. What is wrong with a row is in its outcome.
        ConfigError: the pipeline is FaceAuth, and the project has no id and key for it.

    >>> from liveform import Project
    >>> rows = [{"userid": "user_1"}, {"userid": "user_2", "email": "nobody"}]
    >>> for outcome in build_urls(Project("abc123de45"), rows, fields={"lang": "ko"}):
    ...     print(outcome.row, outcome.url or outcome.error)
    1 https://form.argosidentity.com/?pid=abc123de45&userid=user_1&lang=ko
    2 email: must be an e-mail address
    """
    if not isinstance(project, Project):
        raise FieldError("project", "must be a Project")
    if not isinstance(rows, Iterable):
        raise FieldError("rows", "must be an iterable of mappings of columns to values")
    builder = RowBuilder(
        project,
        pipeline=pipeline,
        columns=columns,
        ignore_others=ignore_others,
        fields=fields,
        encrypt=encrypt,
    )
    return (builder.outcome(number, row) for number, row in enumerate(rows, 1))


class RowBuilder:
    """Builds the URL of one row after the other; arguments as in ``build_urls``."""

    def __init__(
        self,
        project: Project,
        *,
        pipeline: Pipeline | str = Pipeline.ID_DOCUMENT,
        columns: Mapping[str, str | None] | None = None,
        ignore_others: bool = False,
        fields: Mapping[str, object] | None = None,
        encrypt: bool | None = None,
    ) -> None:
        with suppress(ImportError):
            import orjson  # noqa: F401 - json_text uses it once it is there
        if pipeline not in tuple(Pipeline):
            raise FieldError("pipeline", f"must be one of {', '.join(Pipeline)}")
        self._urls: UrlBuilder = project.urls.of(Pipeline(pipeline))
        self._encrypt = encrypt
        cipher = self._urls.cipher
        self._newest_key = None if cipher is None else JsonCipher(cipher.mode)
        self._fields: dict[str, object] = {}
        for name, value in _items("fields", fields):
            self._add_field(name, value)
        self.matcher = Matcher(
            dict(_items("columns", columns)), fields=tuple(self._fields), ignore_others=ignore_others
        )
        self._headers = lru_cache(maxsize=_HEADERS)(self.matcher.header_of)
        self._header = self.matcher.header_of(())

    def _add_field(self, name: str, value: object) -> None:
        """Add a field of every row, checked now, for a wrong one would refuse each row."""
        parameter = named_parameter(name, name, is_field=True)
        if parameter.name in self._fields:
            raise FieldError(shown(name), "is given twice")
        is_seconds = isinstance(parameter.value, Instant) and isinstance(value, int | float)
        read = value if is_seconds else _field_value(parameter._replace(name=name), value)
        if read is not None:  # seconds from now are clear here, unlike in a table
            self._urls.check(parameter.name, read, label=name, encrypt=self._encrypt)
        self._fields[parameter.name] = read

    def outcome(self, number: int, row: Mapping[str, object]) -> BuiltRow:
        """Return what becomes of a row."""
        if not isinstance(row, Mapping):
            return BuiltRow(number, None, FieldError("row", "must be a mapping of columns to values"))
        made = self.url(tuple(row), tuple(row.values()))
        return BuiltRow(number, None, made) if isinstance(made, FieldError) else BuiltRow(number, made, None)

    def urls(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str | FieldError | None]:
        """Return the URL of each row under one header: None for a blank row, an error for a refused one."""
        header = self._header_of(columns)
        every = header.values_of_texts(rows)
        if every is None:
            return [self.url(columns, cells) for cells in rows]
        return [
            self.url(columns, cells) if values is None else self._built(header, values)
            for cells, values in zip(rows, every, strict=True)
        ]

    def url(self, columns: Sequence[object], cells: Sequence[object]) -> str | FieldError | None:
        """Return the URL of a row with these columns: None if it is blank, an error if it is refused."""
        try:
            header = self._header_of(columns)
        except FieldError as error:
            return FieldError(error.field, error.problem)  # without its frames
        try:
            if len(cells) != len(columns):
                cells = _fitting(cells, len(columns))
            values = header.values(cells)
            if values:
                values |= self._fields
                return self._urls.build(None, values, None, self._encrypt)
        except FieldError as error:
            return FieldError(header.column_of(error.field), error.problem)
        return None if all(map(is_empty, cells)) else FieldError("row", _NO_VALUE)

    def _built(self, header: Header, values: dict[str, object]) -> str | FieldError:
        if self._fields:
            values |= self._fields
        try:
            return self._urls.build(None, values, None, self._encrypt)
        except FieldError as error:
            return FieldError(header.column_of(error.field), error.problem)

    def _header_of(self, columns: Sequence[object]) -> Header:
        if columns is not self._header.columns and tuple(columns) != self._header.columns:
            self._header = self._headers(tuple(columns))
        return self._header

    def use_header(self, columns: Sequence[str]) -> None:
        """Make ready for rows under one header.

        Raises:
            FieldError: columns that are not parameters, or two that are the same one; or none of them goes
                into the URLs.
        """
        if any(map(self.matcher.knows, columns)):
            self._header = self.matcher.header_of(columns)
        if not self._header.parameters:
            raise FieldError("IN", f"{_NO_COLUMN}{self.matcher.near_misses(columns)}")

    def spelling(self) -> list[str]:
        """Return the vendor's names of the parameters, which decide how a URL is written."""
        return [f"{row.plain_name}/{row.encrypted_name}" for row in self._urls.table.rows]

    def key_check(self) -> str:
        """Return what only the same key and layout can open; empty if the project does not encrypt."""
        return "" if self._newest_key is None else self._newest_key.encrypt(_KEY_CHECK)

    def has_key_of(self, check: str) -> bool:
        """Whether ``key_check`` of a builder with the same key returned this."""
        if self._newest_key is None or not check:
            return self._newest_key is None and not check
        try:
            return self._newest_key.decrypt(check) == _KEY_CHECK
        except UntrustedInputError:
            return False


_HEADERS: Final = 64  # that are remembered, for rows of JSON Lines take turns
# Without a header these would be people's data, so it names none of them.
_NO_COLUMN: Final = (
    "none of its columns goes into the URLs; its first line must be a header with names such as userid or "
    "email, or with names that are matched with a parameter"
)
_NO_VALUE: Final = "has no value in a column that goes into the URL"
_OF_FIELDS: Final = {
    EMPTY: "is what a program writes for no value; give a value, or leave the field out",
    SHEET_ERROR: "is an error of Excel or another spreadsheet; give a value, or leave the field out",
}
_KEY_CHECK: Final = {"made": "by liveform batch"}


def _fitting(cells: Sequence[object], count: int) -> Sequence[object]:
    """The cells under the header, where all behind it are empty; for a blank row, as many as needed."""
    if len(cells) < count and all(map(is_empty, cells)):
        return [""] * count
    if len(cells) < count or not all(map(is_empty, cells[count:])):
        raise FieldError("row", f"must have {count} cells, as the header has")
    return cells[:count]


def _field_value(parameter: Parameter, value: object) -> object:
    """What the value of a field says, read as a cell is; an error has no word of cells."""
    try:
        return cell_value(parameter, value)
    except FieldError as error:
        raise FieldError(error.field, _OF_FIELDS.get(error.problem, error.problem)) from None


def _items(argument: str, mapping: Mapping[str, T] | None) -> list[tuple[str, T]]:
    if mapping is None:
        return []
    if not isinstance(mapping, Mapping) or not all(isinstance(name, str) for name in mapping):
        raise FieldError(argument, "must be a mapping of names to values")
    return list(mapping.items())
