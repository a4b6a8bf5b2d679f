"""A row of a table -> its URL, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from liveform.crypto.json_cipher import JsonCipher
from liveform.errors import FieldError, UntrustedInputError, shown
from liveform.parameters.lookup import vendor_table
from liveform.parameters.model import Parameter, Pipeline
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from liveform.form_urls import UrlBuilder
    from liveform.project import Project

T = TypeVar("T")


class BuiltRow(NamedTuple):
    """What became of one row: a URL, or an error that names the column.

    Attributes:
        row: its number; 1 for the first.
        url: the URL; None if the row was refused.
        error: why; None if it was not.
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
        rows: mappings such as those of ``csv.DictReader``; read one at a time. None and empty text leave a
            field out, for a CSV file has no other way. ``15m`` and ``{"a": 1}`` are read as the command does.
        pipeline: ``"id_document"``, ``"knowledge"``, ``"injection"`` or ``"face_auth"``.
        columns: column -> parameter, by its Python name or a vendor name; None keeps a column out of the URL.
            A column that is not named here must have a parameter's name itself.
        ignore_others: keeps all other columns out of the URL, instead of refusing them.
        fields: parameters that are the same for every row.
        encrypt: as in ``Project.form_url``.

    Raises:
        FieldError: ``pipeline``, ``columns`` or ``fields`` are wrong. What is wrong with a row is in its
            outcome.
        ConfigError: the pipeline is FaceAuth, and the project has no id and key for it.

    >>> from liveform import Project
    >>> rows = [{"userid": "user_1"}, {"userid": "user_2", "email": "nobody"}]
    >>> for outcome in build_urls(Project("abc123de45"), rows, fields={"lang": "ko"}):
    ...     print(outcome.row, outcome.url or outcome.error)
    1 https://form.argosidentity.com/?pid=abc123de45&userid=user_1&lang=ko
    2 email: must be an e-mail address
    """
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
        self._header = _Header((), [], [])
        self._ignore_others = ignore_others
        self._fields = {_target(name, name).name: value for name, value in _items("fields", fields)}
        self._targets = {
            column: _OUTSIDE if name is None else _target(column, name)
            for column, name in _items("columns", columns)
        }

    def outcome(self, number: int, row: Mapping[str, object]) -> BuiltRow:
        """Return what becomes of a row."""
        try:
            return BuiltRow(number, self.url(row), None)
        except FieldError as error:
            return BuiltRow(number, None, FieldError(error.field, error.problem))  # without its frames

    def url(self, row: Mapping[str, object]) -> str:
        """Return the URL of a row.

        Raises:
            FieldError: the row is refused; ``.field`` is the column.
        """
        if not isinstance(row, Mapping):
            raise FieldError("row", "must be a mapping of columns to values")
        return self.cells_url(tuple(row), tuple(row.values()))

    def cells_url(self, columns: Sequence[str], cells: Sequence[object]) -> str:
        """Return the URL of a row that has a cell for each column, or raise ``FieldError``."""
        header = self._header
        if columns is not header.columns and tuple(columns) != header.columns:
            header = self._header = self._header_of(columns)
        if len(cells) != len(columns):
            raise FieldError("row", f"must have {len(columns)} cells, as the header has")
        named = {
            name: cell
            for name, cell in zip(header.names, cells, strict=True)
            if name and (cell or cell not in _EMPTY)
        }
        try:
            for parameter in header.read_from_text:
                value = named.get(parameter.name)
                if isinstance(value, str):
                    named[parameter.name] = parameter.value.from_text(parameter.name, value)
            if self._fields:
                named |= self._fields
            return self._urls.build(None, named, None, self._encrypt)
        except FieldError as error:
            raise FieldError(header.column_of(error.field), error.problem) from None

    def use_header(self, columns: Sequence[str]) -> None:
        """Make ready for rows under one header.

        Raises:
            FieldError: a column is not a parameter, or two columns are the same one.
        """
        self._header = self._header_of(columns)

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

    def _header_of(self, columns: Sequence[str]) -> _Header:
        taken = dict.fromkeys(self._fields, "a field of every row")
        targets = [self._target_of(column) for column in columns]
        for column, target in zip(columns, targets, strict=True):
            if target.name in taken:
                raise FieldError(shown(column), f"means {target.name}, as does {taken[target.name]}")
            if target.name:
                taken[target.name] = shown(column)
        read_from_text = [target.read_from_text for target in targets if target.read_from_text is not None]
        return _Header(tuple(columns), [target.name for target in targets], read_from_text)

    def _target_of(self, column: object) -> _Target:
        """Where a column goes; found once."""
        if not isinstance(column, str):
            raise FieldError("row", "the names of columns must be text; has it more cells than the header?")
        if column not in self._targets:
            if self._ignore_others and _parameter(column) is None:
                return _OUTSIDE
            self._targets[column] = _target(column, column)
        return self._targets[column]


class _Target(NamedTuple):
    name: str  # of the parameter; empty for a column that stays outside of the URL
    read_from_text: Parameter | None  # itself, if its rule reads text


class _Header(NamedTuple):
    columns: tuple[str, ...]
    names: list[str]  # of their parameters
    read_from_text: list[Parameter]

    def column_of(self, name: str) -> str:
        """The column of a parameter, or the name of what has none."""
        return shown(self.columns[self.names.index(name)]) if name in self.names else name


_OUTSIDE: Final = _Target("", None)
_EMPTY: Final = (None, "")
_KEY_CHECK: Final = {"made": "by liveform batch"}


def _parameter(name: str) -> Parameter | None:
    return vendor_table().by_name(name) or vendor_table().by_vendor_name(name)


def _target(column: str, name: object) -> _Target:
    if not isinstance(name, str):
        raise FieldError(shown(column), "must be matched with the name of a parameter, or None")
    parameter = _parameter(name)
    if parameter is None:
        meant = vendor_table().meant_by(shown(name), vendor=False)
        hint = f"; did you mean {meant}?" if meant else "."
        which = "it" if name == column else shown(name)
        problem = f"{which} is not a parameter{hint} Name the parameter of the column, or ignore it"
        raise FieldError(shown(column), problem)
    return _Target(parameter.name, parameter if parameter.value.reads_text else None)


def _items(argument: str, mapping: Mapping[str, T] | None) -> list[tuple[str, T]]:
    if mapping is None:
        return []
    if not isinstance(mapping, Mapping) or not all(isinstance(name, str) for name in mapping):
        raise FieldError(argument, "must be a mapping of names to values")
    return list(mapping.items())
