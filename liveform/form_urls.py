"""URLs of the vendor's forms: where they are, how one is built for a user, and what counts as loopback."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from liveform.crypto.json_cipher import JsonCipher
from liveform.errors import ConfigError, FieldError
from liveform.parameters.form import Form
from liveform.parameters.model import Pipeline
from liveform.tracebacks import strips_traceback
from liveform.wire.encoding import percent_encode
from liveform.wire.query import build_query

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

    from liveform.parameters.lookup import ParameterTable

__all__ = ["VENDOR_WEBHOOK_SENDER", "https_address", "is_loopback", "written_host"]  # what webhelper uses too

# RFC 9110 section 4.1 wants 8,000 octets from everyone. Past that it is luck: nginx stops at 8 KiB of
# request line and CloudFront at 8,192 bytes of URL; browsers take far more. The vendor names no limit.
MAX_URL_CHARS: Final = 8_000
VENDOR_BASE_URL: Final = "https://form.argosidentity.com"
VENDOR_API_URL: Final = "https://rest-api.argosidentity.com/v3"
VENDOR_WEBHOOK_SENDER: Final = "52.78.194.237"  # vendor page II, and GUIDE
FORM_PATH: Final = "/"  # the vendor writes it with and without the slash: equivalent, RFC 3986 section 6.2.3
KNOWLEDGE_PATH: Final = "/knowledge"
FACE_AUTH_PATH: Final = "/face-auth"
MAX_PORT: Final = 65_535

_HTTPS: Final = "must be https (http is for localhost and other loopback hosts only)"
_ADDRESS: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>[A-Z0-9-]+(?:\.[A-Z0-9-]+)*\.?|\[[0-9A-F:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/(?!\.{1,2}(?:/|$))[A-Z0-9._~-]*)*)",  # no segment that is . or .., which browsers resolve
    re.IGNORECASE | re.ASCII,
)


class UrlBuilder:
    """Builds URLs of one form of one project. What it does not have to do for every URL is done already.

    Attributes:
        start: the URL up to the pid.
        table: the parameters.
        cipher: encrypts what goes into ``encrypted``; None for a project without a key.
    """

    __slots__ = ("_encrypting", "_plain", "cipher", "start", "table")

    def __init__(
        self, start: str, table: "ParameterTable", cipher: JsonCipher | None, forms: tuple[Form, Form]
    ) -> None:
        self.start: str = start
        self.table: ParameterTable = table
        self.cipher: JsonCipher | None = cipher
        self._encrypting, self._plain = forms

    def build(
        self,
        fields: Mapping[str, object] | None,
        named: Mapping[str, object],
        extra: Mapping[str, object] | None,
        encrypt: bool | None,
    ) -> str:
        """Return the URL for one user; arguments and errors as in ``Project.form_url``."""
        if encrypt is not None and not isinstance(encrypt, bool):
            raise FieldError("encrypt", "must be True or False")
        cipher = self.cipher if encrypt is not False else None
        if encrypt is True and cipher is None:
            raise FieldError("encrypt", "True needs a project with a key")
        form = self._plain if cipher is None else self._encrypting
        plain, secret = form.place(fields, named, extra)
        url = self.start
        if cipher is not None and secret:
            url += "&encrypted=" + cipher.encrypt_for_query(secret)
        if plain:
            url += "&" + build_query(plain.items())
        if len(url) > MAX_URL_CHARS:
            raise FieldError("fields", f"together they make a URL of more than {MAX_URL_CHARS} characters")
        return url

    def check(self, name: str, value: object, *, label: str, encrypt: bool | None) -> None:
        """Return if one field may be in a URL; errors as in ``build`` call it ``label``."""
        is_plain = encrypt is False or self.cipher is None
        (self._plain if is_plain else self._encrypting).check(name, value, label=label)


class InjectionUrlBuilder(UrlBuilder):
    """Builds URLs that add data to a submission (vendor page INJ)."""

    __slots__ = ()

    def build(
        self,
        fields: Mapping[str, object] | None,
        named: Mapping[str, object],
        extra: Mapping[str, object] | None,
        encrypt: bool | None,
    ) -> str:
        """Return the URL for one submission, with the action if that is not given."""
        if not _is_given("sid", fields, named):
            raise FieldError("sid", "must be given: the id of the submission that gets more data")
        if not _is_given("action", fields, named):
            named = {**named, "action": "addveri"}
        return super().build(fields, named, extra, encrypt)


class FaceAuthUrlBuilder(UrlBuilder):
    """Builds URLs of the FaceAuth form (vendor page FA)."""

    __slots__ = ()

    def build(
        self,
        fields: Mapping[str, object] | None,
        named: Mapping[str, object],
        extra: Mapping[str, object] | None,
        encrypt: bool | None,
    ) -> str:
        """Return the URL for one user, which is always encrypted."""
        if not _is_given("sid", fields, named):
            raise FieldError("sid", "must be given: the id of the submission whose face is compared")
        return super().build(fields, named, extra, encrypt)


def _is_given(name: str, fields: Mapping[str, object] | None, named: Mapping[str, object]) -> bool:
    """Whether a parameter whose two names are the same has a value."""
    return named.get(name) is not None or (isinstance(fields, Mapping) and fields.get(name) is not None)


# The three as a project calls them: their errors leave without inner frames.
build_form: Final = strips_traceback(UrlBuilder.build)
build_injection: Final = strips_traceback(InjectionUrlBuilder.build)
build_face_auth: Final = strips_traceback(FaceAuthUrlBuilder.build)


class UrlBuilders(NamedTuple):
    """One for each form, by the values of ``Pipeline``."""

    id_document: UrlBuilder
    knowledge: UrlBuilder
    injection: InjectionUrlBuilder
    face_auth: FaceAuthUrlBuilder

    def of(self, pipeline: Pipeline) -> UrlBuilder:
        """Return the builder of a pipeline; errors as in ``checked_face_auth``."""
        builder: UrlBuilder = getattr(self, pipeline)
        return self.checked_face_auth() if pipeline is Pipeline.FACE_AUTH else builder

    def checked_face_auth(self) -> FaceAuthUrlBuilder:
        """Return the builder for FaceAuth, or raise ``ConfigError`` without an id and a key for it."""
        if self.face_auth.cipher is None:
            problem = "is needed for FaceAuth URLs: the add-on has a project id and a key of its own"
            raise ConfigError(("face_auth_pid", problem), ("face_auth_key", problem))
        return self.face_auth


class FormAccess(NamedTuple):
    """What opens the forms of one project id."""

    pid: str | None
    cipher: JsonCipher | None  # None without a key


def url_builders(
    project: FormAccess,
    face_auth: FormAccess,
    *,
    base_url: str,
    encryption_only: bool,
    table: "ParameterTable",
) -> UrlBuilders:
    """Return what builds the URLs of a project; ``base_url`` is one that ``check_base_url`` returned."""
    query, cipher = f"?pid={percent_encode(project.pid or '')}", project.cipher
    id_document, knowledge, injection, face = _forms(table, encryption_only)
    start = f"{base_url}{FORM_PATH}{query}"
    face_start = f"{base_url}{FACE_AUTH_PATH}?pid={percent_encode(face_auth.pid or '')}"
    return UrlBuilders(
        UrlBuilder(start, table, cipher, id_document),
        UrlBuilder(f"{base_url}{KNOWLEDGE_PATH}{query}", table, cipher, knowledge),
        InjectionUrlBuilder(start, table, cipher, injection),
        FaceAuthUrlBuilder(face_start, table, face_auth.cipher, face),
    )


@lru_cache(maxsize=16)  # nearly all projects share one table
def _forms(table: "ParameterTable", encryption_only: bool) -> list[tuple[Form, Form]]:
    """For each pipeline, the form in which all that may be is encrypted, and the plain one."""

    def form(pipeline: Pipeline, *, encrypt: bool) -> Form:
        return Form(table, pipeline, encrypt=encrypt, encryption_only=encryption_only)

    return [(form(pipeline, encrypt=True), form(pipeline, encrypt=False)) for pipeline in Pipeline]


def check_base_url(base_url: object) -> str:
    """Return ``base_url`` as it was given, without a slash at its end.

    Raises:
        ConfigError: not https (http is for loopback only), or not written as every browser reads it alike.
    """
    if not isinstance(base_url, str) or https_address(base_url) is None:
        raise ConfigError(("base_url", f"{_HTTPS}, such as {VENDOR_BASE_URL}: host, port and path only"))
    return base_url.rstrip("/")


def https_address(url: object) -> dict[str, str] | None:
    """Return scheme, host, port and path of an https URL that has nothing else; http is for loopback only.

    Args:
        url: a URL as somebody configured it.

    Returns:
        The parts as they are written, the port empty if there is none. None if the URL is another kind of
        URL, or if browsers do not all read it alike.
    """
    written = _ADDRESS.fullmatch(url) if isinstance(url, str) else None
    if written is None or not _is_host(written["host"]) or int(written["port"] or 0) > MAX_PORT:
        return None
    if written["scheme"].lower() != "https" and not is_loopback(written["host"]):
        return None
    return written.groupdict(default="")


def is_loopback(host: str) -> bool:
    """Return whether a host of a URL is this machine: localhost, 127.0.0.0/8 or ::1, in brackets or not."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def written_host(host: str) -> str:
    """Return a host of a URL as browsers write it: in lower case, and an IPv6 address in its short form."""
    address = _address(host)
    return f"[{address.compressed}]" if address is not None and ":" in host else host.lower()


def _is_host(host: str) -> bool:
    """Whether the host is a name, or an address in its usual form (``127.1`` is an address to browsers)."""
    is_address = host.startswith("[") or host.rpartition(".")[2][:1].isdigit()
    return not is_address or _address(host) is not None


def _address(host: str) -> "IPv4Address | IPv6Address | None":
    from ipaddress import ip_address

    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return None
