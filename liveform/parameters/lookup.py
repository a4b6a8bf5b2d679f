"""Find rows of the parameter table by any of their names."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from liveform.errors import nearest
from liveform.parameters.model import RESERVED
from liveform.parameters.table import PARAMETERS

if TYPE_CHECKING:
    from liveform.parameters.model import Parameter


class ParameterTable:
    """The rows, found by argument name or by any vendor name. Immutable."""

    __slots__ = ("_by_encrypted_name", "_by_name", "_by_plain_name", "_by_vendor_name", "rows")

    def __init__(self, rows: tuple[Parameter, ...] = PARAMETERS) -> None:
        self.rows: tuple[Parameter, ...] = rows
        self._by_name = {row.name: row for row in rows}
        self._by_plain_name = {row.plain_name: row for row in rows}
        self._by_encrypted_name = {row.encrypted_name: row for row in rows}
        self._by_vendor_name = {name: row for row in rows for name in row.vendor_names}

    @classmethod
    def with_token_names(cls, plain: str, encrypted: str) -> ParameterTable:
        """Return the table in which the token id has these vendor names."""
        return cls(
            tuple(
                row._replace(plain_as=plain, encrypted_as=encrypted) if row.name == "token_id" else row
                for row in PARAMETERS
            )
        )

    def by_name(self, name: str) -> Parameter | None:
        """The row of a Python argument."""
        return self._by_name.get(name)

    def by_plain_name(self, name: str) -> Parameter | None:
        """The row of a parameter by its name in a plain URL."""
        return self._by_plain_name.get(name)

    def by_encrypted_name(self, name: str) -> Parameter | None:
        """The row of a member inside ``encrypted``."""
        return self._by_encrypted_name.get(name)

    def by_vendor_name(self, name: str) -> Parameter | None:
        """The row of any vendor spelling."""
        return self._by_vendor_name.get(name)

    def meant_by(self, name: str, *, vendor: bool) -> str | None:
        """The known name that ``name`` was probably meant to be: a vendor name or an argument."""
        same = self._by_name.get(name) if vendor else self._by_vendor_name.get(name)
        if same is not None:
            return same.vendor_name if vendor else same.name
        known = [row.vendor_name if vendor else row.name for row in self.rows]
        lower = {candidate.lower(): candidate for candidate in known}
        meant = nearest(name.lower(), lower)
        return None if meant is None else lower[meant]


@cache
def names_beside_token() -> frozenset[str]:
    """Return every name that a URL may hold beside those of the token id."""
    rows = (row for row in PARAMETERS if row.name != "token_id")
    return frozenset((*RESERVED, *(name for row in rows for name in row.vendor_names)))


@cache
def vendor_table() -> ParameterTable:
    """Return the table as the vendor documents it, which projects share."""
    return ParameterTable()
