"""Tests of liveform.project, the class that builds URLs, encrypts, decrypts and reads returns."""

import copy
import inspect
import pickle
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from liveform import (
    ConfigError,
    DecryptError,
    FieldError,
    GcmLayout,
    KeyFormatError,
    MalformedError,
    Project,
    SecretKey,
    TokenNames,
)
from liveform.form_urls import MAX_URL_CHARS

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
OLD_KEY = "fhDWU8twhfV69gexfaxhmHxRCIz38fgi"


@pytest.fixture(params=["ecb", "gcm"])
def project(request: pytest.FixtureRequest) -> Project:
    """Return a project with a key, in Encryption-only mode, for each of the two ciphers."""
    return Project("abc123de45", key=KEY, cipher=request.param, encryption_only=True)


def query(url: str) -> dict[str, str]:
    """Return the query of a URL, as a server reads it."""
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def opened(project: Project, url: str) -> dict[str, Any]:
    """Return the members inside the ``encrypted`` of a URL."""
    return dict(project.decrypt(query(url)["encrypted"]))


def test_form_url_with_key_encrypts_all_but_pid_and_lang(project: Project) -> None:
    """With a key, a form URL has only pid, encrypted and lang, in the order of page DP."""
    url = project.form_url(email="jane@example.com", userid="user_12345", cf1="campaign_summer", lang="ko")
    assert url.startswith("https://form.argosidentity.com/?pid=abc123de45&encrypted=")
    assert list(query(url)) == ["pid", "encrypted", "lang"]
    assert opened(project, url) == {
        "email": "jane@example.com",
        "userid": "user_12345",
        "cf1": "campaign_summer",
    }


def test_form_url_without_key_is_plain() -> None:
    """Without a key, a form URL has plain parameters whose values are percent-encoded."""
    url = Project("abc123de45").form_url(email="jane+tag@example.com", cf1="a&b=c d", lang="ko")
    assert url == (
        "https://form.argosidentity.com/?pid=abc123de45&email=jane%2Btag%40example.com&cf1=a%26b%3Dc%20d&lang=ko"
    )


def test_form_url_without_fields_is_the_bare_form(project: Project) -> None:
    """A form URL without fields has no ``encrypted``, even if the project has a key."""
    assert project.form_url() == "https://form.argosidentity.com/?pid=abc123de45"
    assert project.form_url(lang="ko") == "https://form.argosidentity.com/?pid=abc123de45&lang=ko"


def test_form_url_encrypt_false_keeps_plain_what_may_be() -> None:
    """``encrypt=False`` writes fields plain, and refuses those that must be encrypted."""
    project = Project("abc123de45", key=KEY, cipher="ecb")
    assert query(project.form_url(userid="u", encrypt=False)) == {"pid": "abc123de45", "userid": "u"}
    with pytest.raises(FieldError, match="must be encrypted"):
        project.form_url(allowed_countries="USA", encrypt=False)


def test_form_url_encrypt_false_in_encryption_only_mode_is_refused(project: Project) -> None:
    """``encrypt=False`` is refused in Encryption-only mode, where the vendor ignores plain fields."""
    with pytest.raises(FieldError, match="Encryption-only mode"):
        project.form_url(userid="u", encrypt=False)


def test_form_url_encrypt_true_without_key_is_refused() -> None:
    """``encrypt=True`` is refused for a project without a key."""
    with pytest.raises(FieldError, match="key"):
        Project("abc123de45").form_url(userid="u", encrypt=True)


@pytest.mark.parametrize("encrypt", [0, 1, "no", ""])
def test_form_url_encrypt_that_is_no_boolean_is_refused(encrypt: Any) -> None:
    """``encrypt`` must be True, False or None; 0, 1 and "no" are refused."""
    with pytest.raises(FieldError) as caught:
        Project("p", key=KEY, cipher="ecb").form_url(userid="u", encrypt=encrypt)
    assert caught.value.field == "encrypt"


def test_form_url_must_encrypt_without_key_says_why() -> None:
    """The error says that the vendor ignores the plain field and that the project needs a key."""
    with pytest.raises(FieldError, match=r"ignores it in plain .*give the project a key"):
        Project("abc123de45").form_url(allowed_countries=["USA"])


def test_form_url_takes_a_mapping_in_the_vendors_names(project: Project) -> None:
    """A mapping in the vendor's names, arguments and extras go together in one URL."""
    url = project.form_url(
        {"allowedCountries": "USA,KOR", "ageLimit": False}, userid="u", extra={"newThing": [1]}
    )
    assert opened(project, url) == {
        "allowedCountries": "USA,KOR",
        "ageLimit": False,
        "userid": "u",
        "newThing": [1],
    }


def test_form_url_token_id_is_token_when_encrypted_and_tokenid_when_plain(project: Project) -> None:
    """The token id is ``token`` when encrypted (ENC) and ``tokenid`` when plain (GUIDE)."""
    assert opened(project, project.form_url(token_id="tok_12345678")) == {"token": "tok_12345678"}
    assert query(Project("p").form_url(token_id="tok_12345678"))["tokenid"] == "tok_12345678"


def test_form_url_token_names_can_be_changed() -> None:
    """``token_names`` changes the plain and the encrypted spelling of the token id."""
    names = TokenNames(plain="tokenId", encrypted="tokenId")
    secret = Project("p", key=KEY, cipher="ecb", token_names=names)
    assert opened(secret, secret.form_url(token_id="tok_12345678")) == {"tokenId": "tok_12345678"}
    assert "tokenId" in query(Project("p", token_names=names).form_url(token_id="tok_12345678"))


def test_form_url_start_valid_until_is_utc_with_z(project: Project) -> None:
    """A datetime of any time zone is written in UTC with a Z."""
    seoul = datetime.fromisoformat("2026-05-01T00:00:00+09:00")
    assert opened(project, project.form_url(start_valid_until=seoul)) == {
        "startValidUntil": "2026-04-30T15:00:00Z"
    }


def test_form_url_start_valid_until_counts_from_now(project: Project) -> None:
    """A timedelta or a number of seconds counts from the moment of the call."""
    before = datetime.now(UTC).replace(microsecond=0)
    for duration in (timedelta(minutes=15), 900):
        text = opened(project, project.form_url(start_valid_until=duration))["startValidUntil"]
        instant = datetime.fromisoformat(text)
        assert before + timedelta(minutes=15) <= instant <= datetime.now(UTC) + timedelta(minutes=15)


def test_form_url_naive_datetime_is_refused(project: Project) -> None:
    """A datetime without a time zone is refused, for it means another instant on every server."""
    with pytest.raises(FieldError, match="time zone"):
        project.form_url(start_valid_until=datetime(2026, 4, 30, 15))


def test_form_url_false_only_parameter_refuses_true(project: Project) -> None:
    """``age_limit=True`` is refused with the reason that it takes only False."""
    with pytest.raises(FieldError, match="only False") as caught:
        project.form_url(age_limit=True)  # type: ignore[arg-type]
    assert caught.value.field == "age_limit"


def test_knowledge_url_has_its_own_path(project: Project) -> None:
    """A knowledge URL has the path ``/knowledge`` before its query (GUIDE)."""
    url = project.knowledge_url(userid="user_12345", knowledge_field="skip", knowledge_prefill={"name": "김"})
    assert url.startswith("https://form.argosidentity.com/knowledge?pid=abc123de45&encrypted=")
    assert opened(project, url) == {
        "userid": "user_12345",
        "knowledgeField": "skip",
        "knowledgePrefill": {"name": "김"},
    }


def test_injection_url_with_key_is_nothing_but_pid_and_encrypted(project: Project) -> None:
    """With a key, an injection URL has sid and action inside ``encrypted`` only (INJ)."""
    url = project.injection_url(sid="kz3m1x9q2w8ab", userid="user_12345", ip_risk_category=["vpn", "tor"])
    assert list(query(url)) == ["pid", "encrypted"]
    assert opened(project, url) == {
        "action": "addveri",
        "sid": "kz3m1x9q2w8ab",
        "userid": "user_12345",
        "ipRiskCategory": "vpn,tor",
    }


def test_injection_url_without_key_is_plain_and_refuses_userid() -> None:
    """Without a key, an injection URL has plain sid and action and refuses a userid (INJ)."""
    project = Project("abc123de45")
    assert query(project.injection_url(sid="s1", cf1="x")) == {
        "pid": "abc123de45",
        "action": "addveri",
        "sid": "s1",
        "cf1": "x",
    }
    with pytest.raises(FieldError, match="must be encrypted"):
        project.injection_url(sid="s1", userid="u")


def test_injection_url_takes_sid_and_action_from_the_mapping() -> None:
    """sid and action of an injection may come from the mapping, in the vendor's names."""
    assert query(Project("p").injection_url({"sid": "s1", "action": "addveri"})) == {
        "pid": "p",
        "sid": "s1",
        "action": "addveri",
    }


@pytest.mark.parametrize("fields", [None, {}, {"sid": None}])
def test_injection_url_without_sid_is_refused(fields: dict[str, object] | None) -> None:
    """An injection URL without a sid, or with a sid of None, is refused."""
    with pytest.raises(FieldError) as caught:
        Project("p").injection_url(fields)
    assert caught.value.field == "sid"


def test_injection_url_fields_that_are_no_mapping_are_refused() -> None:
    """Fields of an injection that are not a mapping are refused with a FieldError."""
    with pytest.raises(FieldError):
        Project("p").injection_url(5)  # type: ignore[arg-type]


@pytest.mark.parametrize("cipher", ["ecb", "gcm", None])
def test_face_auth_url_is_encrypted_under_its_own_key(cipher: Any) -> None:
    """A FaceAuth URL has its own pid and key, and the project's cipher; ECB without one (FA)."""
    key = None if cipher is None else OLD_KEY
    project = Project(
        "abc123de45", key=key, cipher=cipher, face_auth_pid="face000001", face_auth_key=KEY, ecb_layout="hex"
    )
    url = project.face_auth_url(
        {"authCf2": "b"}, sid="evcka62mes3ugzb_mg", auth_user_id="user_12345", token_id="token-0001"
    )
    assert url.startswith("https://form.argosidentity.com/face-auth?pid=face000001&encrypted=")
    assert list(query(url)) == ["pid", "encrypted"]
    face = Project("face000001", key=KEY, cipher=cipher or "ecb", ecb_layout="hex")
    assert opened(face, url) == {
        "authCf2": "b",
        "sid": "evcka62mes3ugzb_mg",
        "authUserId": "user_12345",
        "token": "token-0001",
    }


def test_face_auth_url_takes_extras_and_the_projects_settings() -> None:
    """A FaceAuth URL has extras inside ``encrypted``, and base_url and token names of the project."""
    project = Project(
        "abc123de45",
        face_auth_pid="face000001",
        face_auth_key=KEY,
        base_url="http://127.0.0.1:8000/simulator",
        token_names=TokenNames("tokenid", "tokenId"),
    )
    url = project.face_auth_url({"sid": "s1", "tokenId": "token-0001"}, extra={"new": 1})
    assert url.startswith("http://127.0.0.1:8000/simulator/face-auth?pid=face000001&encrypted=")
    face = Project("face000001", key=KEY, cipher="ecb")
    assert opened(face, url) == {"sid": "s1", "tokenId": "token-0001", "new": 1}


@pytest.mark.parametrize("sid", [None, "", 5, "missing"])
def test_face_auth_url_without_sid_is_refused(sid: Any) -> None:
    """A FaceAuth URL without the id of a submission is refused."""
    project = Project("abc123de45", face_auth_pid="face000001", face_auth_key=KEY)
    with pytest.raises(FieldError) as caught:
        project.face_auth_url(**({} if sid == "missing" else {"sid": sid}))
    assert caught.value.field == "sid"


@pytest.mark.parametrize("name", ["userid", "cf1", "lang", "email", "action", "allowed_countries"])
def test_face_auth_url_refuses_parameters_of_other_forms(name: str) -> None:
    """A FaceAuth URL takes only the parameters that FA documents."""
    project = Project("abc123de45", face_auth_pid="face000001", face_auth_key=KEY)
    fields: Any = {name: "x"}
    with pytest.raises(FieldError, match="does not belong to face_auth_url"):
        project.face_auth_url(sid="s1", **fields)


@pytest.mark.parametrize("project", [Project("abc123de45"), Project("abc123de45", key=KEY, cipher="ecb")])
def test_face_auth_url_without_its_settings_names_them(project: Project) -> None:
    """A project without id and key of FaceAuth refuses its URL and names both settings."""
    with pytest.raises(ConfigError) as caught:
        project.face_auth_url(sid="s1")
    assert [fault.setting for fault in caught.value.faults] == ["face_auth_pid", "face_auth_key"]


def test_face_auth_key_that_cannot_be_one_is_refused() -> None:
    """A FaceAuth key with white space around it is refused when the project is made."""
    with pytest.raises(KeyFormatError):
        Project("abc123de45", face_auth_pid="face000001", face_auth_key=f"{KEY}\n")


def test_encrypt_and_decrypt_are_a_pair(project: Project) -> None:
    """``decrypt`` returns the object that ``encrypt`` was given, nested values included."""
    text = project.encrypt({"userid": "user_12345", "n": [1, None, {"x": True}]})
    assert project.decrypt(text) == {"userid": "user_12345", "n": [1, None, {"x": True}]}


@pytest.mark.parametrize(
    "fields", [5, None, [("a", 1)], {"a": object()}, {1: "a"}, {"a": "\ud800"}, {"a": 10**5000}]
)
def test_encrypt_of_what_is_no_json_object_is_refused(project: Project, fields: Any) -> None:
    """``encrypt`` refuses anything but a JSON object of Unicode text with a FieldError."""
    with pytest.raises(FieldError):
        project.encrypt(fields)


def test_url_of_the_longest_length_is_built_and_one_character_more_refused() -> None:
    """A URL of 8,000 characters is built (RFC 9110 section 4.1), and one of 8,001 is refused."""
    project = Project("abc123de45")
    room = MAX_URL_CHARS - len(project.form_url(cf1="x")) + 1
    assert len(project.form_url(cf1="x" * room)) == MAX_URL_CHARS == 8_000
    with pytest.raises(FieldError, match="URL of more than 8000 characters"):
        project.form_url(cf1="x" * (room + 1))


def test_encrypted_url_beyond_the_longest_length_is_refused(project: Project) -> None:
    """An encrypted URL of more than 8,000 characters is refused, counted after encoding."""
    assert len(project.form_url(cf1="x" * 5_000)) <= MAX_URL_CHARS
    with pytest.raises(FieldError, match="URL of more than 8000 characters") as caught:
        project.form_url(cf1="x" * 6_000)
    assert caught.value.field == "fields"


def test_encrypt_of_too_much_is_refused(project: Project) -> None:
    """``encrypt`` refuses fields whose text has more than 65,536 characters."""
    with pytest.raises(FieldError, match="65536"):
        project.encrypt({"cf1": "x" * 60_000})


def test_encrypt_without_key_is_refused() -> None:
    """``encrypt`` and ``decrypt`` without a key are refused with the name of that setting."""
    for call in (lambda: Project("p").encrypt({}), lambda: Project("p").decrypt("AAAA")):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.faults[0].setting == "key"


def test_decrypt_mends_what_urls_do(project: Project) -> None:
    """``decrypt`` accepts spaces in place of plus signs, lost padding, and text escaped once more."""
    for number in range(40):
        text = project.encrypt({"userid": f"user_{number}"})
        damaged = text.replace("+", " ").rstrip("=")
        assert project.decrypt(damaged) == {"userid": f"user_{number}"}
        assert project.decrypt(text.replace("+", "%2B").replace("=", "%3D")) == {"userid": f"user_{number}"}


@pytest.mark.parametrize("text", [5, None, b"AAAA", "", "x" * 65_537])
def test_decrypt_of_what_is_no_text_is_malformed(project: Project, text: Any) -> None:
    """``decrypt`` refuses other types, empty text and more than 65,536 characters."""
    with pytest.raises(MalformedError):
        project.decrypt(text)


def test_previous_keys_only_decrypt() -> None:
    """A previous key decrypts old texts, and only the current key encrypts new ones."""
    old = Project("p", key=OLD_KEY, cipher="gcm")
    new = Project("p", key=KEY, cipher="gcm", previous_keys=[OLD_KEY])
    assert new.decrypt(old.encrypt({"a": 1})) == {"a": 1}
    with pytest.raises(DecryptError):
        old.decrypt(new.encrypt({"a": 1}))


def test_return_key_opens_returns_and_nothing_else() -> None:
    """The return key opens encrypted returns, and ``decrypt`` does not use it."""
    vendor = Project("p", key=OLD_KEY, cipher="ecb")
    project = Project("p", key=KEY, cipher="gcm", return_key=OLD_KEY)
    text = vendor.encrypt({"kycStatus": "pending"})
    assert project.read_return({"encrypted": text}).kyc_status == "pending"
    with pytest.raises(DecryptError):
        project.decrypt(text)


def test_return_is_ecb_for_a_gcm_project_too() -> None:
    """A project with GCM reads its returns as ECB, which the vendor documents (RET, FAQ)."""
    text = Project("p", key=KEY, cipher="ecb").encrypt({"kycStatus": "approved"})
    assert Project("p", key=KEY, cipher="gcm").read_return({"encrypted": text}).kyc_status == "approved"


def test_return_with_a_previous_key_is_read() -> None:
    """A return encrypted under a previous key is still read after the rotation."""
    text = Project("p", key=OLD_KEY, cipher="ecb").encrypt({"userid": "u"})
    project = Project("p", key=KEY, cipher="ecb", previous_keys=(OLD_KEY,))
    assert project.read_return(f"https://h/?encrypted={text.replace('+', '%2B')}").userid == "u"


def test_return_encrypted_without_any_key_is_untrusted_input() -> None:
    """An encrypted return to a project without a key is malformed input, not a setup error."""
    with pytest.raises(MalformedError, match="no key"):
        Project("p").read_return("https://h/?encrypted=AAAA")


def test_gcm_layout_is_a_setting() -> None:
    """A GCM layout may be given as an object or as the text that the doctor prints."""
    layout = GcmLayout(("nonce", "tag", "ciphertext"), 16, "hex", ":")
    one = Project("p", key=KEY, cipher="gcm", gcm_layout=layout)
    two = Project("p", key=KEY, cipher="gcm", gcm_layout="nonce16:tag16:ciphertext, hex")
    text = one.encrypt({"a": 1})
    assert [len(part) for part in text.split(":")] == [32, 32, 14]
    assert two.decrypt(text) == {"a": 1}


def test_ecb_layout_is_a_setting() -> None:
    """A project with the ECB layout ``hex`` writes hex and reads it in capitals too."""
    project = Project("p", key=KEY, cipher="ecb", ecb_layout="hex")
    assert bytes.fromhex(project.encrypt({"a": 1}))
    assert project.decrypt(project.encrypt({"a": 1}).upper()) == {"a": 1}


def test_base_url_is_a_setting() -> None:
    """Form and knowledge URLs start with the project's base_url."""
    project = Project("p", base_url="http://127.0.0.1:8000/simulator/")
    assert project.form_url() == "http://127.0.0.1:8000/simulator/?pid=p"
    assert project.knowledge_url() == "http://127.0.0.1:8000/simulator/knowledge?pid=p"


@pytest.mark.parametrize("engine", ["cryptography", "pycryptodome"])
def test_engine_in_use_can_be_asked_for(engine: str) -> None:
    """A project uses the engine that it is given and returns its name."""
    assert Project("p", key=KEY, cipher="gcm", engine=engine).engine == engine


def test_engine_default_is_cryptography() -> None:
    """The default engine of a project with a key is cryptography; without a key it is None."""
    assert Project("p", key=KEY, cipher="gcm").engine == "cryptography"
    assert Project("p", return_key=KEY).engine == "cryptography"
    assert Project("p").engine is None


def test_project_takes_a_ready_made_key() -> None:
    """A project accepts a SecretKey that was made from bytes."""
    one = Project("p", key=SecretKey.from_bytes(bytes(32)), cipher="ecb")
    assert one.decrypt(one.encrypt({"a": 1})) == {"a": 1}


def test_project_does_not_change(project: Project) -> None:
    """An attribute of a project cannot be set, deleted or added."""
    with pytest.raises(AttributeError):
        project.pid = "other"
    with pytest.raises(AttributeError):
        del project.pid
    with pytest.raises(AttributeError):
        project.anything = 1


def test_project_is_its_own_copy_and_is_never_pickled(project: Project) -> None:
    """A copy of a project is the same object, and pickling one is refused."""
    assert copy.copy(project) is project
    assert copy.deepcopy({"p": project})["p"] is project
    with pytest.raises(KeyFormatError):
        pickle.dumps(project)
    with pytest.raises(KeyFormatError):
        project.__getstate__()


def test_project_shared_by_threads_gives_right_urls(project: Project) -> None:
    """Eight threads that share a project each get URLs with their own fields."""
    wrong: list[str] = []

    def work(thread: int) -> None:
        for number in range(200):
            userid = f"user_{thread}_{number}"
            if opened(project, project.form_url(userid=userid)) != {"userid": userid}:
                wrong.append(userid)

    threads = [threading.Thread(target=work, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_door_keeps_its_signature_for_editors() -> None:
    """The public methods keep the signatures that editors show, though a decorator wraps them."""
    parameters = inspect.signature(Project.form_url).parameters
    assert list(parameters) == ["self", "fields", "encrypt", "extra", "named"]
    assert list(inspect.signature(Project).parameters)[:8] == [
        "pid",
        "key",
        "cipher",
        "encryption_only",
        "previous_keys",
        "return_key",
        "return_encrypted",
        "gcm_layout",
    ]


def test_client_has_the_keys_and_settings_of_the_project() -> None:
    """Both clients of a project have its API key, its address, its FaceAuth key and Secure Data Transfer."""
    project = Project(
        "p",
        key="a secretKey",
        cipher="gcm",
        api_key=KEY,
        api_url="https://rest-api.example.com/v3",
        face_auth_pid="f",
        face_auth_key=OLD_KEY,
        secure_data_transfer="data hex / ecb hex",
        previous_keys=[OLD_KEY],
        engine="pycryptodome",
    )
    for client in (project.client(timeout=3), project.async_client(timeout=3)):
        setup = client._setup
        assert setup.keys == {"api_key": KEY, "face_auth_key": OLD_KEY}
        assert setup.base_url == "https://rest-api.example.com/v3"
        assert setup.timeout == 3
        assert setup.transfer is not None
        assert str(setup.transfer.transfer) == "data hex / ecb hex"
        assert setup.transfer_keys == (SecretKey(KEY), SecretKey(OLD_KEY))


def test_option_of_a_client_comes_before_the_projects() -> None:
    """What is given to ``client`` replaces what the project has."""
    project = Project("p", api_key=KEY)
    assert project.client(base_url="http://127.0.0.1:8000/v3")._setup.base_url == "http://127.0.0.1:8000/v3"


def test_project_of_the_environment_has_a_client() -> None:
    """The text of a key that a variable holds reaches the client."""
    project = Project.from_env({"LIVEFORM_PID": "p", "LIVEFORM_API_KEY": KEY})
    assert project.client()._setup.keys["api_key"] == KEY


def test_client_without_api_key_is_refused() -> None:
    """A project without an API key has no client, also if it has another key."""
    project = Project("p", key=KEY, cipher="ecb")
    for make in (project.client, project.async_client):
        with pytest.raises(ConfigError, match="api_key"):
            make()


def test_wrong_option_of_a_client_is_named() -> None:
    """A wrong option of a client is a ConfigError that names it."""
    with pytest.raises(ConfigError, match="timeout"):
        Project("p", api_key=KEY).client(timeout=-1)


def test_api_keys_are_given_to_a_simulator_alone() -> None:
    """``expose_api_key`` returns an API key as a ``SecretKey``; the repr and the settings do not have it."""
    secret = SecretKey("the FaceAuth key")
    project = Project("abc123de45", api_key="the API key", face_auth_pid="face000001", face_auth_key=secret)
    exposed = project.expose_api_key()
    assert isinstance(exposed, SecretKey)
    assert exposed.expose_text() == "the API key"
    assert project.expose_api_key(face_auth=True) is secret
    assert Project("abc123de45").expose_api_key() is None
    assert "the API key" not in repr(project) + str(project.settings())


@pytest.mark.parametrize("wrong", [" x ", "", 5, b"x", object, "k\u200b"], ids=repr)
@pytest.mark.parametrize("setting", ["key", "return_key", "api_key", "face_auth_key", "previous_keys"])
def test_key_that_cannot_be_one_is_refused_at_once(setting: str, wrong: Any) -> None:
    """A wrong key is refused when the project is made, whichever key it is, and not at the first webhook."""
    options: dict[str, Any] = {
        "key": KEY,
        "cipher": "ecb",
        "api_key": KEY,
        "face_auth_pid": "f",
        "face_auth_key": KEY,
    }
    options[setting] = [wrong] if setting == "previous_keys" else wrong
    with pytest.raises(KeyFormatError):
        Project("abc123de45", **options)


def test_previous_key_beside_an_api_key_alone_is_checked() -> None:
    """Previous keys are checked too if no URL is encrypted."""
    with pytest.raises(KeyFormatError):
        Project("abc123de45", api_key=KEY, previous_keys=[5])  # type: ignore[list-item]


def test_list_of_previous_keys_is_not_changed() -> None:
    """The caller's list keeps its texts."""
    previous = [KEY]
    Project("abc123de45", api_key=KEY, previous_keys=previous)
    assert previous == [KEY]
