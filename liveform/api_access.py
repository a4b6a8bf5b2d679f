"""What a project needs beyond its URLs: clients of the REST API, and the keys of answers and webhooks."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - for hints at run time
from typing import TYPE_CHECKING, Any, Unpack

from liveform.crypto.keys import KeyHolder, SecretKey
from liveform.tracebacks import strips_traceback

if TYPE_CHECKING:
    from typing import TypeAlias

    from liveform.data_transfer import TransferCipher
    from liveform.rest import AsyncClient, Client, ClientOptions

    Transfer: TypeAlias = TransferCipher | None
else:  # evaluated when hints are read: see project.py
    AsyncClient = "__import__('liveform.rest', fromlist=['_']).AsyncClient"
    Client = "__import__('liveform.rest', fromlist=['_']).Client"
    ClientOptions = "__import__('liveform.rest', fromlist=['_']).ClientOptions"
    Transfer = "__import__('liveform.data_transfer', fromlist=['_']).TransferCipher | None"


class ApiAccess(KeyHolder):
    """The half of a ``Project`` that has to do with the REST API and webhooks.

    Attributes:
        transfer: encrypts and decrypts what Secure Data Transfer covers; None if that is off.
    """

    __slots__ = ("_options", "transfer")
    transfer: Transfer
    _options: Mapping[str, Any]

    @strips_traceback
    def client(self, **options: Unpack[ClientOptions]) -> Client:
        """Return a client of the vendor's REST API, with the project's keys and Secure Data Transfer.

        Args:
            **options: what ``liveform.rest.Client`` takes besides; they come before those of the project.

        Raises:
            ConfigError: the project has no ``api_key``, or an option is wrong.
        """
        from liveform.rest import Client
        from liveform.rest.sending.setup import client_arguments

        return Client(**client_arguments(self._options, options))

    @strips_traceback
    def async_client(self, **options: Unpack[ClientOptions]) -> AsyncClient:
        """Return the same for asyncio and trio, with the arguments of ``client``.

        Raises:
            ConfigError: as in ``client``.
        """
        from liveform.rest import AsyncClient
        from liveform.rest.sending.setup import client_arguments

        return AsyncClient(**client_arguments(self._options, options))

    def api_keys(self) -> tuple[SecretKey, ...]:
        """Return the API key and those before it, with which a captured body may open; none without one."""
        if self._options["api_key"] is None:
            return ()
        return (self._options["api_key"], *self._options["previous_keys"])

    def expose_api_key(self, *, face_auth: bool = False) -> SecretKey | None:
        """Return an API key, for a simulator of the vendor; None if the project has no such key.

        Args:
            face_auth: whether to return the key of the FaceAuth add-on, and not that of the project.
        """
        key: SecretKey | None = self._options["face_auth_key" if face_auth else "api_key"]
        return key
