"""What a project does with Return URLs: it reads them, and makes them for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping  # noqa: TC003 - for hints at run time
from functools import cache
from typing import TYPE_CHECKING

from liveform.api_access import ApiAccess
from liveform.crypto.json_cipher import JsonCipher  # noqa: TC001 - for hints at run time
from liveform.errors import ConfigError, FieldError
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from liveform.returns import ReturnClaims
else:  # evaluated when hints are read: see project.py
    ReturnClaims = "__import__('liveform.returns', fromlist=['_']).ReturnClaims"


class ReturnAccess(ApiAccess):
    """The part of a ``Project`` that has to do with Return URLs.

    Attributes:
        return_encrypted: whether the dashboard encrypts the Return URL; None if that was not said.
    """

    __slots__ = ("_returning", "return_encrypted")
    return_encrypted: bool | None
    _returning: JsonCipher | None

    @property
    def has_return_key(self) -> bool:
        """Whether the project has a key that opens encrypted Return URLs."""
        return self._returning is not None

    @strips_traceback
    def read_return(
        self,
        source: str | Mapping[str, object],
        *,
        require_encrypted: bool | None = None,
        strict: bool = True,
    ) -> ReturnClaims:
        """Return what a Return URL claims. Claims are not proof: see ``ReturnClaims``.

        Args:
            source: the URL, its query string, or a mapping such as Flask's ``request.args``, Django's
                ``request.GET`` or the result of ``urllib.parse.parse_qs``.
            require_encrypted: True refuses plain claims, which anybody can type; ``errorCode`` alone may be
                plain. False reads them. None takes what ``return_encrypted`` of the project says.
            strict: False keeps a claim with an unexpected value in ``extra``, by the vendor's name, and
                reads the others.

        Raises:
            MalformedError: too long, not a query, a parameter given twice, or plain where that is refused.
            DecryptError: another key or layout, or damaged; one text for all.
            UnexpectedValueError: readable, but for example a ``kycStatus`` that the vendor does not document;
                only if ``strict``.
            ConfigError: ``require_encrypted=True`` for a project without a key.
        """
        require = self.return_encrypted if require_encrypted is None else require_encrypted
        if require and self._returning is None:
            raise ConfigError(("key", "is needed with require_encrypted=True, which would refuse all"))
        return _reader()(source, self._returning, plain=not require, strict=strict)

    @strips_traceback
    def build_return(self, url: str, claims: Mapping[str, str | None], *, encrypt: bool | None = None) -> str:
        """Return ``url`` as the vendor would open it after the form: test input for ``read_return``.

        Args:
            url: the Return URL of the dashboard; a query of its own stays.
            claims: dynamic fields by the vendor's names, such as ``{"kycStatus": "pending"}``; None leaves
                one out. Values are not checked, so that odd ones can be tested too.
            encrypt: True (the default with a key) puts them under AES-256-ECB into ``encrypted``.

        Raises:
            FieldError: a claim that is not text, no dynamic field, or no Return URL.

        >>> from liveform import Project
        >>> Project("abc123de45").build_return("https://app.example.com/done", {"kycStatus": "pending"})
        'https://app.example.com/done?kycStatus=pending'
        """
        from liveform.returns import check_claims, join_return

        checked = check_claims(claims)
        if encrypt is True and self._returning is None:
            raise FieldError("encrypt", "True needs a project with a key")
        if encrypt is False or self._returning is None:
            return join_return(url, checked.items())
        return join_return(url, [("encrypted", self._returning.encrypt(checked))])


@cache
def _reader() -> Callable[..., ReturnClaims]:
    """``read_claims``, which is not on the import path; found once, for an import statement takes a while."""
    from liveform.returns import read_claims

    return read_claims
