"""The arguments of ``Project``, checked against each other; all faults are told at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeVar

from liveform.crypto.ciphers import CIPHER_NAMES, Cipher, CipherName, Ecb, Gcm
from liveform.crypto.engines import EngineName, choose
from liveform.crypto.json_cipher import JsonCipher
from liveform.crypto.keys import SecretKey, as_secret_key
from liveform.crypto.layouts import EcbLayout, GcmLayout, as_layout
from liveform.errors import ConfigError, Fault
from liveform.form_urls import VENDOR_BASE_URL, check_base_url
from liveform.parameters.lookup import ParameterTable, vendor_table
from liveform.parameters.model import RESERVED, TokenNames

T = TypeVar("T")


class ProjectOptions(NamedTuple):
    """What a ``Project`` works with."""

    pid: str
    cipher: CipherName | None
    encryption_only: bool
    base_url: str
    table: ParameterTable
    outgoing: JsonCipher | None  # query strings
    returning: JsonCipher | None  # Return URLs, which are always ECB (RET, FAQ)


def checked_options(  # noqa: PLR0913 - one for each setting of a project
    pid: str,
    *,
    key: str | SecretKey | None,
    cipher: CipherName | None,
    encryption_only: bool,
    previous_keys: Iterable[str | SecretKey],
    return_key: str | SecretKey | None,
    gcm_layout: GcmLayout | str,
    ecb_layout: EcbLayout | str,
    token_names: TokenNames,
    base_url: str,
    engine: str | None,
) -> ProjectOptions:
    """Return the arguments of ``Project``, ready for use; see there.

    Raises:
        ConfigError: with every fault.
        KeyFormatError: a key that cannot be one.
    """
    faults = list(_faults(pid, key, cipher, encryption_only, previous_keys, return_key))
    gcm = _collect(faults, partial(as_layout, GcmLayout), gcm_layout, GcmLayout())
    ecb = _collect(faults, partial(as_layout, EcbLayout), ecb_layout, EcbLayout())
    address = _collect(faults, check_base_url, base_url, VENDOR_BASE_URL)
    table = _collect(faults, _table, token_names, vendor_table())
    chosen: EngineName | None = _collect(faults, _engine_name, engine, None)
    previous: list[str | SecretKey] = _collect(faults, _as_list, previous_keys, [])
    if faults:
        raise ConfigError(*faults)
    keys = [as_secret_key(one) for one in previous]

    def payload(first: str | SecretKey | None, name: CipherName | None) -> JsonCipher | None:
        if first is None or name is None:
            return None
        ciphers: list[Cipher] = [
            Gcm(one, gcm, engine=chosen) if name == "gcm" else Ecb(one, ecb, engine=chosen)
            for one in (as_secret_key(first), *keys)
        ]
        return JsonCipher(*ciphers)

    returning = payload(key if return_key is None else return_key, "ecb")
    return ProjectOptions(pid, cipher, encryption_only, address, table, payload(key, cipher), returning)


def _faults(
    pid: object,
    key: object,
    cipher: object,
    encryption_only: object,
    previous_keys: object,
    return_key: object,
) -> Iterator[Fault]:
    if not isinstance(pid, str) or not pid or not pid.isascii() or not pid.isprintable() or " " in pid:
        yield Fault("pid", "must be the project id: ASCII text without spaces")
    if cipher is not None and cipher not in CIPHER_NAMES:
        yield Fault("cipher", "must be 'ecb' or 'gcm'")
    elif key is not None and cipher is None:
        yield Fault("cipher", "must be named with a key: 'ecb' or 'gcm', as the dashboard says")
    elif key is None and cipher is not None:
        yield Fault("key", "is needed with a cipher")
    if previous_keys and key is None and return_key is None:
        yield Fault("previous_keys", "need a key or a return_key beside them")
    if not isinstance(encryption_only, bool):
        yield Fault("encryption_only", "must be True or False")
    elif encryption_only and key is None:
        yield Fault("encryption_only", "needs a key: nothing but pid and lang can be plain in that mode")


def _collect(faults: list[Fault], check: Callable[[Any], T], value: object, otherwise: T) -> T:
    """Return ``check(value)``; or, adding its faults to the others, ``otherwise``."""
    try:
        return check(value)
    except ConfigError as error:
        faults += error.faults
        return otherwise


def _engine_name(name: object) -> EngineName:
    return choose(name)[0]


def _table(names: object) -> ParameterTable:
    pair = tuple(names) if isinstance(names, tuple | list) else ()
    if len(pair) != 2 or not all(map(_is_name, pair)):
        raise ConfigError(("token_names", "must be TokenNames(plain, encrypted), of letters and digits"))
    table = vendor_table() if pair == TokenNames() else ParameterTable.with_token_names(*pair)
    taken = {*RESERVED, *(name for row in table.rows if row.name != "token_id" for name in row.vendor_names)}
    if taken & set(pair):
        raise ConfigError(("token_names", "must not be the name of another parameter"))
    return table


def _is_name(name: object) -> bool:
    return isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_-]+", name) is not None


def _as_list(keys: object) -> list[Any]:
    if isinstance(keys, str | SecretKey) or not isinstance(keys, Iterable):
        raise ConfigError(("previous_keys", "must be a list of keys"))
    return list(keys)
