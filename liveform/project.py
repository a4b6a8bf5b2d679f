"""A project of the dashboard: everything that needs its id and its key."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Unpack

from liveform.crypto.ciphers import CipherName  # noqa: TC001 - for hints at run time
from liveform.crypto.engines import EngineName  # noqa: TC001 - for hints at run time
from liveform.crypto.json_cipher import JsonCipher  # noqa: TC001 - for hints at run time
from liveform.crypto.keys import SecretKey  # noqa: TC001 - for hints at run time
from liveform.crypto.layouts import EcbLayout, GcmLayout
from liveform.errors import ConfigError, FieldError
from liveform.form_urls import (
    VENDOR_API_URL,
    VENDOR_BASE_URL,
    FormAccess,
    UrlBuilders,
    build_face_auth,
    build_form,
    build_injection,
    url_builders,
)
from liveform.parameters.model import USUAL_TOKEN_NAMES, TokenNames
from liveform.return_access import ReturnAccess
from liveform.settings.options import ARGUMENTS, checked_options
from liveform.tracebacks import strips_traceback
from liveform.wire.json_object import JsonValue  # noqa: TC001 - for hints at run time

if TYPE_CHECKING:
    from typing import TypeAlias

    from liveform.data_transfer import SecureDataTransfer
    from liveform.explain import Explanation
    from liveform.parameters.argument_types import (
        FaceAuthFields,
        FormFields,
        InjectionFields,
        KnowledgeFields,
    )

    TransferOption: TypeAlias = SecureDataTransfer | str | bool | None
else:
    # Frameworks read hints at run time (typing.get_type_hints). To import modules for that alone takes time,
    # so these names are texts, which are evaluated when hints are read.
    _ARGUMENTS = "__import__('liveform.parameters.argument_types', fromlist=['_'])"
    Explanation = "__import__('liveform.explain', fromlist=['_']).Explanation"
    FaceAuthFields = f"{_ARGUMENTS}.FaceAuthFields"
    FormFields = f"{_ARGUMENTS}.FormFields"
    InjectionFields = f"{_ARGUMENTS}.InjectionFields"
    KnowledgeFields = f"{_ARGUMENTS}.KnowledgeFields"
    _TRANSFER = "__import__('liveform.data_transfer', fromlist=['_']).SecureDataTransfer"
    TransferOption = f"{_TRANSFER} | str | bool | None"


class Project(ReturnAccess):
    """One project of the ARGOS dashboard. Immutable, safe to share between threads, cheap to keep.

    Args:
        pid: the project id.
        key: the API key or, if one was issued, the secretKey; None leaves every URL plain.
        cipher: ``"ecb"`` or ``"gcm"``, as the dashboard says (Data Protection); must be named with a key.
        encryption_only: the dashboard's Encryption-only mode: nothing but pid, encrypted and lang is read.
        previous_keys: keys that were in use before; they only decrypt.
        return_key: the key of the Return URL, if it is another than ``key``.
        return_encrypted: whether the dashboard encrypts the Return URL. True makes ``read_return`` refuse
            plain claims, and needs a key; None (not said) and False do not.
        gcm_layout: where nonce, ciphertext and tag are. The default is unconfirmed; ``liveform doctor``
            finds the right one from one sample of the dashboard's own tool.
        ecb_layout: how ECB texts are written; base64 is inferred. Return URLs are always ECB (RET, FAQ).
        token_names: what the token id is called in a plain URL and inside ``encrypted``.
        base_url: the form's address; https only, except for loopback hosts.
        engine: ``"cryptography"``, ``"pycryptodome"``, or None for the best that is installed.
        api_key: the project's API key for ``client()`` and webhooks, also if it is ``key`` too: ``key`` may
            be a secretKey, with which the REST API does not work.
        api_url: the REST API's address; https only, except for loopback hosts.
        face_auth_pid: the project id of the FaceAuth add-on (FA), for ``face_auth_url``.
        face_auth_key: the API key of the FaceAuth add-on, which is another than the project's (FA).
        secure_data_transfer: the dashboard's Secure Data Transfer: True for the layouts that we guess, or
            a ``SecureDataTransfer``, or its text.

    Attributes:
        pid, cipher, encryption_only, base_url, return_encrypted: as given.
        engine: the library that encrypts, ``"cryptography"`` or ``"pycryptodome"``; None without a key.
        urls: what builds the URLs, one for each form; for programs that build very many (``liveform.batch``).
        transfer: encrypts and decrypts what Secure Data Transfer covers; None if that is off.

    Raises:
        ConfigError: settings are wrong; all of them are listed, by name.
        KeyFormatError: a key is empty, not text, or has white space around it.

    >>> Project("abc123de45").form_url(userid="user_12345", lang="ko")
    'https://form.argosidentity.com/?pid=abc123de45&userid=user_12345&lang=ko'
    """

    __slots__ = (
        "base_url",
        "cipher",
        "encryption_only",
        "engine",
        "pid",
        "urls",
    )

    pid: str
    cipher: CipherName | None
    encryption_only: bool
    base_url: str
    engine: EngineName | None
    urls: UrlBuilders

    @strips_traceback
    def __init__(  # noqa: PLR0913 - the dashboard's settings, one argument each
        self,
        pid: str,
        *,
        key: str | SecretKey | None = None,
        cipher: CipherName | None = None,
        encryption_only: bool = False,
        previous_keys: Iterable[str | SecretKey] = (),
        return_key: str | SecretKey | None = None,
        return_encrypted: bool | None = None,
        gcm_layout: GcmLayout | str = GcmLayout(),
        ecb_layout: EcbLayout | str = EcbLayout(),
        token_names: TokenNames = USUAL_TOKEN_NAMES,
        base_url: str = VENDOR_BASE_URL,
        engine: str | None = None,
        api_key: str | SecretKey | None = None,
        api_url: str = VENDOR_API_URL,
        face_auth_pid: str | None = None,
        face_auth_key: str | SecretKey | None = None,
        secure_data_transfer: TransferOption = None,
    ) -> None:
        arguments = locals()  # the list of options has the same names; a test holds the two together
        parts = checked_options({name: arguments[name] for name in arguments if name != "self"})
        options = parts.options
        urls = url_builders(
            FormAccess(options["pid"], parts.outgoing),
            FormAccess(options["face_auth_pid"], parts.face_auth),
            base_url=options["base_url"],
            encryption_only=options["encryption_only"],
            table=parts.table,
        )
        self._fill(
            pid=options["pid"],
            cipher=options["cipher"],
            encryption_only=options["encryption_only"],
            base_url=options["base_url"],
            engine=parts.engine,
            return_encrypted=options["return_encrypted"],
            urls=urls,
            transfer=parts.transfer,
            _options=options,
            _returning=parts.returning,
        )

    @classmethod
    @strips_traceback
    def from_env(cls, environ: Mapping[str, str], *, prefix: str = "LIVEFORM_") -> Project:
        """Return the project that ``LIVEFORM_PID``, ``LIVEFORM_KEY``, ``LIVEFORM_CIPHER`` ... describe.

        Args:
            environ: ``os.environ`` or any mapping like it. docs/settings.md lists the names.
            prefix: what the names start with.

        Raises:
            ConfigError: all settings that are missing or wrong, by name.
        """
        from liveform.settings.table import read_environ

        return read_environ(environ, prefix).build(cls, lambda setting: prefix + setting.upper())

    def form_url(
        self,
        fields: Mapping[str, object] | None = None,
        *,
        encrypt: bool | None = None,
        extra: Mapping[str, object] | None = None,
        **named: Unpack[FormFields],
    ) -> str:
        """Return the URL of the ID-document form for one user (vendor pages QS, ENC, DP).

        Args:
            fields: parameters by the vendor's names, such as ``{"allowedCountries": "USA,KOR"}``.
            encrypt: True (the default with a key) encrypts all that may be; False keeps plain what may be.
            extra: parameters that liveform does not know yet; they go out as they are.
            **named: parameters by their Python names; None leaves one out. docs/parameters.md has them all.

        Raises:
            FieldError: ``.field`` is unknown, given twice, wrong, of another pipeline, or must be encrypted.
        """
        try:
            return build_form(self.urls.id_document, fields, named, extra, encrypt)
        finally:
            del fields, extra, named  # as strips_traceback does, which would copy the arguments once more

    def knowledge_url(
        self,
        fields: Mapping[str, object] | None = None,
        *,
        encrypt: bool | None = None,
        extra: Mapping[str, object] | None = None,
        **named: Unpack[KnowledgeFields],
    ) -> str:
        """Return the URL of the Knowledge form for one user; arguments and errors as in ``form_url``."""
        try:
            return build_form(self.urls.knowledge, fields, named, extra, encrypt)
        finally:
            del fields, extra, named  # see form_url

    def injection_url(
        self,
        fields: Mapping[str, object] | None = None,
        *,
        encrypt: bool | None = None,
        extra: Mapping[str, object] | None = None,
        **named: Unpack[InjectionFields],
    ) -> str:
        """Return the URL that adds data to the submission ``sid`` (vendor page INJ); else as ``form_url``.

        ``action=addveri`` is added. All of it is plain or all of it is encrypted, since the vendor
        ignores ``encrypted`` beside a plain ``sid``.
        """
        try:
            return build_injection(self.urls.injection, fields, named, extra, encrypt)
        finally:
            del fields, extra, named  # see form_url

    def face_auth_url(
        self,
        fields: Mapping[str, object] | None = None,
        *,
        extra: Mapping[str, object] | None = None,
        **named: Unpack[FaceAuthFields],
    ) -> str:
        """Return the URL that compares a face with that of the submission ``sid`` (FA); else as ``form_url``.

        It is always encrypted, under ``face_auth_key`` with the project's cipher, or with ECB without one. FA
        says that the scheme is that of query strings; that the cipher is the same one is inferred. A project
        without ``face_auth_pid`` and ``face_auth_key`` raises ``ConfigError``.
        """
        try:
            return build_face_auth(self.urls.checked_face_auth(), fields, named, extra, None)
        finally:
            del fields, extra, named  # see form_url

    @strips_traceback
    def encrypt(self, fields: Mapping[str, object]) -> str:
        """Return the text for the ``encrypted`` parameter, not yet percent-encoded.

        Args:
            fields: JSON members by the vendor's names, as they are: nothing is checked against the table.

        Raises:
            FieldError: not a mapping of text to JSON values.
            ConfigError: the project has no key.
        """
        if not isinstance(fields, Mapping):
            raise FieldError("fields", "must be a mapping of names to values")
        return self._with_key().encrypt(fields)

    @strips_traceback
    def decrypt(self, text: str) -> dict[str, JsonValue]:
        """Return the members of an ``encrypted`` text; of a Return URL's, use ``read_return``.

        Args:
            text: as ``encrypt`` gives it, or as it came out of a URL: a space for ``+``, lost ``=`` and a
                second percent-encoding are repaired.

        Raises:
            MalformedError: empty, too long, or not in the layout's alphabet.
            DecryptError: another key, cipher or layout, or damaged; one text for all.
            ConfigError: the project has no key.
        """
        return self._with_key().decrypt(text)

    def _with_key(self) -> JsonCipher:
        if self.urls.id_document.cipher is None:
            raise ConfigError(("key", "is needed to encrypt or decrypt; this project has none"))
        return self.urls.id_document.cipher

    @strips_traceback
    def explain(self, url: str) -> Explanation:
        """Return what the vendor will see of a form URL, what it will ignore, and what is wrong with it.

        Raises:
            MalformedError: not a URL, or too long. All else that is wrong is in ``.problems``, and with what
                else is worth a look in ``.findings``.
        """
        from liveform.explain.knowledge import Knowledge
        from liveform.explain.reader import UrlReader
        from liveform.explain.written import written_url

        known = Knowledge(
            FormAccess(self.pid, self.urls.id_document.cipher),
            FormAccess(self._options["face_auth_pid"], self.urls.face_auth.cipher),
            self.base_url,
            self.urls.id_document.table,
            self.encryption_only,
        )
        return UrlReader(written_url(url, self.base_url), known, now=time.time()).explanation()

    def settings(self) -> dict[str, object]:
        """Return the options of the project by their names, but for its keys: what URLs look like with it."""
        return {
            option.name: self._options[option.name]
            for option in ARGUMENTS
            if option.kind not in ("key", "keys")
        }

    def __repr__(self) -> str:
        return (
            f"Project({self.pid!r}, cipher={self.cipher!r}, encryption_only={self.encryption_only}, "
            f"base_url={self.base_url!r})"
        )
