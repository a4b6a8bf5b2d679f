"""The options of a project: one list, from which come checks, variables, TOML keys and command line options.

A new option is one row here, the typed argument of ``Project``, and what uses it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from liveform.crypto.ciphers import CIPHER_NAMES, CipherName
from liveform.crypto.engines import ENGINE_NAMES, EngineName, checked_engine, choose
from liveform.crypto.json_cipher import JsonCipher
from liveform.crypto.keys import SecretKey, as_secret_key
from liveform.crypto.layouts import EcbLayout, GcmLayout, as_layout
from liveform.crypto.modes import EcbMode, GcmMode
from liveform.errors import ConfigError, Fault
from liveform.form_urls import check_base_url
from liveform.parameters.lookup import ParameterTable, names_beside_token, vendor_table
from liveform.parameters.model import USUAL_TOKEN_NAMES, TokenNames

if TYPE_CHECKING:
    from liveform.crypto.engines import Aes
    from liveform.crypto.modes import Mode
    from liveform.data_transfer import TransferCipher

Kind: TypeAlias = Literal["text", "choice", "layout", "flag", "key", "keys", "names", "transfer"]
Check: TypeAlias = Callable[[Any], object]


class Option(NamedTuple):
    """One option of a project.

    Attributes:
        name: the argument of ``Project``, and the key in a settings file. In capitals, behind a prefix, it is
            the variable; with dashes, the option of the command.
        kind: what a settings file, a variable and the command line may hold: a text, one of the choices, a
            layout by its text, true or false, a key, several keys, the two names of the token id, or how
            Secure Data Transfer is set.
        check: what ``Project`` makes of the argument, raising ``ConfigError``; None leaves it to the checks
            of several options together.
        argument: whether ``Project`` has such an argument; else it says how a settings table is read.
        variable: whether a variable may set it.
        command: whether an option of the command may set it; a key is never an option.
        metavar, choices, help: how the command describes it.
    """

    name: str
    kind: Kind
    check: Check | None = None
    argument: bool = True
    variable: bool = True
    command: bool = False
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    help: str = ""


class ProjectParts(NamedTuple):
    """What a ``Project`` works with."""

    options: Mapping[str, Any]  # by name, checked
    table: ParameterTable
    engine: EngineName | None  # at work; None without a key
    outgoing: JsonCipher | None  # query strings
    returning: JsonCipher | None  # Return URLs, which are always ECB (RET, FAQ)
    face_auth: JsonCipher | None  # query strings of FaceAuth
    transfer: object  # a TransferCipher: the REST API and webhooks. Its module is imported when it is needed


def checked_options(arguments: Mapping[str, object]) -> ProjectParts:
    """Return the arguments of ``Project``, ready for use; see there.

    Args:
        arguments: every one of them, by name.

    Raises:
        ConfigError: with every fault, in the order of the list.
        KeyFormatError: a key that cannot be one.
    """
    faults: list[Fault] = []
    options = dict(arguments)
    for option in ARGUMENTS:
        if option.check is not None:
            try:
                options[option.name] = option.check(arguments[option.name])
            except ConfigError as error:  # of a layout inside it, perhaps, which has a name of its own
                faults += [Fault(option.name, problem) for _, problem in error.faults]
    faults += _faults_together(options, {fault.setting for fault in faults})
    if faults:
        raise ConfigError(*sorted(faults, key=lambda fault: _ORDER.index(fault.setting)))
    return _parts(_with_secret_keys(options))


def _with_secret_keys(options: dict[str, Any]) -> dict[str, Any]:
    """The options, in which every key is a ``SecretKey``, also one for the REST API or webhooks alone."""
    for option in ARGUMENTS:
        key = options[option.name]
        if option.kind == "key" and key is not None:
            options[option.name] = as_secret_key(key)
    return {**options, "previous_keys": list(map(as_secret_key, options["previous_keys"]))}


def _faults_together(options: Mapping[str, object], known: set[str]) -> Iterator[Fault]:
    """What is wrong between options, unless one of them is wrong by itself."""
    key, cipher = options["key"], options["cipher"]
    if "cipher" not in known:
        if key is not None and cipher is None:
            yield Fault("cipher", "must be named with a key: 'ecb' or 'gcm', as the dashboard says")
        elif key is None and cipher is not None:
            yield Fault("key", "is needed with a cipher")
    if options["encryption_only"] is True and key is None:
        yield Fault("encryption_only", "needs a key: nothing but pid and lang can be plain in that mode")
    api_key = options["api_key"]
    has_key = any(one is not None for one in (key, options["return_key"], api_key))
    if "previous_keys" not in known and options["previous_keys"] and not has_key:
        yield Fault("previous_keys", "need a key, a return_key or an api_key beside them")
    if "secure_data_transfer" not in known and options["secure_data_transfer"] and api_key is None:
        yield Fault("secure_data_transfer", "needs an api_key, which encrypts it")
    if options["return_encrypted"] is True and key is None and options["return_key"] is None:
        yield Fault("return_encrypted", "needs a key or a return_key, which opens the returns")
    if (options["face_auth_pid"] is None) != (options["face_auth_key"] is None):
        missing = "face_auth_pid" if options["face_auth_pid"] is None else "face_auth_key"
        yield Fault(missing, "is needed too: face_auth_pid and face_auth_key go together")


def _parts(options: Mapping[str, Any]) -> ProjectParts:
    key, return_key, face_auth_key = options["key"], options["return_key"], options["face_auth_key"]
    table, transfer = token_table(options["token_names"]), _transfer(options)
    if key is None and return_key is None and face_auth_key is None:
        return ProjectParts(options, table, None, None, None, None, transfer)
    engine, make_aes = choose(options["engine"])
    previous = [make_aes(one.expose_bytes()) for one in options["previous_keys"]]
    aes, return_aes, face_auth_aes = (
        None if one is None else make_aes(one.expose_bytes()) for one in (key, return_key, face_auth_key)
    )
    returning = aes if return_aes is None else return_aes
    cipher = options["cipher"]
    return ProjectParts(
        options,
        table,
        engine,
        outgoing=None if aes is None else _json_cipher(cipher, [aes, *previous], options),
        returning=None if returning is None else _json_cipher("ecb", [returning, *previous], options),
        face_auth=None if face_auth_aes is None else _json_cipher(cipher or "ecb", [face_auth_aes], options),
        transfer=transfer,
    )


def _transfer(options: Mapping[str, Any]) -> "TransferCipher | None":
    if options["secure_data_transfer"] is None:
        return None
    from liveform.data_transfer import TransferCipher

    return TransferCipher(
        options["secure_data_transfer"],
        options["api_key"],
        previous_keys=options["previous_keys"],
        engine=options["engine"],
    )


def _json_cipher(cipher: CipherName, keys: "Iterable[Aes]", options: Mapping[str, Any]) -> JsonCipher:
    if cipher == "gcm":
        gcm: list[Mode] = [GcmMode(aes, options["gcm_layout"]) for aes in keys]
        return JsonCipher(*gcm)
    ecb: list[Mode] = [EcbMode(aes, options["ecb_layout"]) for aes in keys]
    return JsonCipher(*ecb)


def _pid(pid: object) -> object:
    if not isinstance(pid, str) or not pid or not pid.isascii() or not pid.isprintable() or " " in pid:
        raise ConfigError(("pid", "must be the project id: ASCII text without spaces"))
    if not {*"&?#/=%"}.isdisjoint(pid):  # which separate the parts of a URL, or escape in one
        raise ConfigError(("pid", "must be the project id alone: what is behind pid= and before the next &"))
    return pid


def _api_url(url: object) -> str:
    try:
        return check_base_url(url)
    except ConfigError as error:
        raise ConfigError(*(("api_url", problem) for _, problem in error.faults)) from None


def _face_auth_pid(pid: object) -> object:
    if pid is None:
        return None
    try:
        return _pid(pid)
    except ConfigError as error:
        raise ConfigError(*(("face_auth_pid", problem) for _, problem in error.faults)) from None


def _secure_data_transfer(value: object) -> object:
    if value is None or value is False:
        return None
    from liveform.data_transfer import checked_transfer

    return checked_transfer(value)


def _cipher(name: object) -> object:
    if name is not None and name not in CIPHER_NAMES:
        raise ConfigError(("cipher", "must be 'ecb' or 'gcm'"))
    return name


def _encryption_only(flag: object) -> object:
    if not isinstance(flag, bool):
        raise ConfigError(("encryption_only", "must be True or False"))
    return flag


def _return_encrypted(flag: object) -> object:
    if flag is not None and not isinstance(flag, bool):
        raise ConfigError(("return_encrypted", "must be True, False or None"))
    return flag


def _gcm_layout(layout: object) -> GcmLayout:
    return as_layout(GcmLayout, layout)


def _ecb_layout(layout: object) -> EcbLayout:
    return as_layout(EcbLayout, layout)


def _previous_keys(keys: object) -> list[Any]:
    if isinstance(keys, str | SecretKey) or not isinstance(keys, Iterable):
        raise ConfigError(("previous_keys", "must be a list of keys"))
    return list(keys)


def _token_names(names: object) -> TokenNames:
    if names == USUAL_TOKEN_NAMES:
        return USUAL_TOKEN_NAMES
    pair = tuple(names) if isinstance(names, tuple | list) else ()
    if len(pair) != 2 or not all(map(_is_name, pair)):
        raise ConfigError(("token_names", "must be TokenNames(plain, encrypted), of letters and digits"))
    if names_beside_token() & set(pair):
        raise ConfigError(("token_names", "must not be the name of another parameter"))
    return TokenNames(*pair)


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]+", name) is not None


def token_table(names: TokenNames) -> ParameterTable:
    """Return the parameter table in which the token id has these names; projects share the usual one."""
    return vendor_table() if names == USUAL_TOKEN_NAMES else ParameterTable.with_token_names(*names)


OPTIONS: Final = (
    Option("pid", "text", _pid, command=True, metavar="ID", help="project id"),
    Option("key", "key"),
    Option(
        "cipher",
        "choice",
        _cipher,
        command=True,
        choices=CIPHER_NAMES,
        help="as the dashboard says; needed with a key",
    ),
    Option("encryption_only", "flag", _encryption_only, command=True, help="Encryption-only mode"),
    Option(
        "gcm_layout",
        "layout",
        _gcm_layout,
        command=True,
        metavar="LAYOUT",
        help="such as 'nonce12+ciphertext+tag16, base64'",
    ),
    Option(
        "ecb_layout",
        "layout",
        _ecb_layout,
        command=True,
        metavar="LAYOUT",
        help="base64, base64url or hex",
    ),
    Option(
        "base_url", "text", check_base_url, command=True, metavar="URL", help="another address of the form"
    ),
    Option("token_names", "names", _token_names, variable=False),
    Option(
        "engine", "choice", checked_engine, command=True, choices=ENGINE_NAMES, help="which library encrypts"
    ),
    Option("previous_keys", "keys", _previous_keys),
    Option("return_key", "key"),
    Option("return_encrypted", "flag", _return_encrypted),
    Option("api_key", "key"),
    Option("api_url", "text", _api_url),
    Option("face_auth_pid", "text", _face_auth_pid),
    Option("face_auth_key", "key"),
    Option("secure_data_transfer", "transfer", _secure_data_transfer),
    Option("key_derivation", "choice", argument=False),
)
ARGUMENTS: Final = tuple(option for option in OPTIONS if option.argument)
_ORDER: Final = [option.name for option in OPTIONS]
