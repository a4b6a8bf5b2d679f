"""liveform.project: the door."""

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
    """A project with a key, in either cipher, in Encryption-only mode."""
    return Project("abc123de45", key=KEY, cipher=request.param, encryption_only=True)


def query(url: str) -> dict[str, str]:
    """The query of a URL, as a server reads it."""
    return dict(parse_qsl(urlsplit(url).query, strict_parsing=True))


def opened(project: Project, url: str) -> dict[str, Any]:
    """What stands inside ``encrypted``."""
    return dict(project.decrypt(query(url)["encrypted"]))


def test_form_url_with_key_encrypts_all_but_pid_and_lang(project: Project) -> None:
    """pid, encrypted, lang: the shape of the vendor's page DP."""
    url = project.form_url(email="jane@example.com", userid="user_12345", cf1="campaign_summer", lang="ko")
    assert url.startswith("https://form.argosidentity.com/?pid=abc123de45&encrypted=")
    assert list(query(url)) == ["pid", "encrypted", "lang"]
    assert opened(project, url) == {
        "email": "jane@example.com",
        "userid": "user_12345",
        "cf1": "campaign_summer",
    }


def test_form_url_without_key_is_plain() -> None:
    """No key, no encryption; every value is percent-encoded."""
    url = Project("abc123de45").form_url(email="jane+tag@example.com", cf1="a&b=c d", lang="ko")
    assert url == (
        "https://form.argosidentity.com/?pid=abc123de45&email=jane%2Btag%40example.com&cf1=a%26b%3Dc%20d&lang=ko"
    )


def test_form_url_without_fields_is_the_bare_form(project: Project) -> None:
    """Nothing to say means nothing to encrypt."""
    assert project.form_url() == "https://form.argosidentity.com/?pid=abc123de45"
    assert project.form_url(lang="ko") == "https://form.argosidentity.com/?pid=abc123de45&lang=ko"


def test_form_url_encrypt_false_keeps_plain_what_may_be() -> None:
    """The caller's choice, for what the vendor allows plain."""
    project = Project("abc123de45", key=KEY, cipher="ecb")
    assert query(project.form_url(userid="u", encrypt=False)) == {"pid": "abc123de45", "userid": "u"}
    with pytest.raises(FieldError, match="must be encrypted"):
        project.form_url(allowed_countries="USA", encrypt=False)


def test_form_url_encrypt_false_in_encryption_only_mode_is_refused(project: Project) -> None:
    """The vendor would ignore it there."""
    with pytest.raises(FieldError, match="Encryption-only mode"):
        project.form_url(userid="u", encrypt=False)


def test_form_url_encrypt_true_without_key_is_refused() -> None:
    """Nothing leaves plain that was asked to be encrypted."""
    with pytest.raises(FieldError, match="key"):
        Project("abc123de45").form_url(userid="u", encrypt=True)


@pytest.mark.parametrize("encrypt", [0, 1, "no", ""])
def test_form_url_encrypt_that_is_no_boolean_is_refused(encrypt: Any) -> None:
    """A 0 meant as False must not encrypt, nor a "no" be taken for True."""
    with pytest.raises(FieldError) as caught:
        Project("p", key=KEY, cipher="ecb").form_url(userid="u", encrypt=encrypt)
    assert caught.value.field == "encrypt"


def test_form_url_must_encrypt_without_key_says_why() -> None:
    """The error says what the vendor does and what to do."""
    with pytest.raises(FieldError, match=r"ignores it in plain .*give the project a key"):
        Project("abc123de45").form_url(allowed_countries=["USA"])


def test_form_url_takes_a_mapping_in_the_vendors_names(project: Project) -> None:
    """Mapping, arguments and extras go together."""
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
    """The two documented spellings (ENC, GUIDE)."""
    assert opened(project, project.form_url(token_id="tok_12345678")) == {"token": "tok_12345678"}
    assert query(Project("p").form_url(token_id="tok_12345678"))["tokenid"] == "tok_12345678"


def test_form_url_token_names_can_be_changed() -> None:
    """Which spelling the vendor takes where is not settled."""
    names = TokenNames(plain="tokenId", encrypted="tokenId")
    secret = Project("p", key=KEY, cipher="ecb", token_names=names)
    assert opened(secret, secret.form_url(token_id="tok_12345678")) == {"tokenId": "tok_12345678"}
    assert "tokenId" in query(Project("p", token_names=names).form_url(token_id="tok_12345678"))


def test_form_url_start_valid_until_is_utc_with_z(project: Project) -> None:
    """An aware datetime of any zone comes out in UTC."""
    seoul = datetime.fromisoformat("2026-05-01T00:00:00+09:00")
    assert opened(project, project.form_url(start_valid_until=seoul)) == {
        "startValidUntil": "2026-04-30T15:00:00Z"
    }


def test_form_url_start_valid_until_counts_from_now(project: Project) -> None:
    """A timedelta or seconds count from the moment of the call."""
    before = datetime.now(UTC).replace(microsecond=0)
    for duration in (timedelta(minutes=15), 900):
        text = opened(project, project.form_url(start_valid_until=duration))["startValidUntil"]
        instant = datetime.fromisoformat(text)
        assert before + timedelta(minutes=15) <= instant <= datetime.now(UTC) + timedelta(minutes=15)


def test_form_url_naive_datetime_is_refused(project: Project) -> None:
    """A naive datetime means another instant on every server."""
    with pytest.raises(FieldError, match="time zone"):
        project.form_url(start_valid_until=datetime(2026, 4, 30, 15))


def test_form_url_false_only_parameter_refuses_true(project: Project) -> None:
    """True would have no effect; the reason is told."""
    with pytest.raises(FieldError, match="only False") as caught:
        project.form_url(age_limit=True)  # type: ignore[arg-type]
    assert caught.value.field == "age_limit"


def test_knowledge_url_has_its_own_path(project: Project) -> None:
    """``/knowledge`` in front of the query (GUIDE)."""
    url = project.knowledge_url(userid="user_12345", knowledge_field="skip", knowledge_prefill={"name": "김"})
    assert url.startswith("https://form.argosidentity.com/knowledge?pid=abc123de45&encrypted=")
    assert opened(project, url) == {
        "userid": "user_12345",
        "knowledgeField": "skip",
        "knowledgePrefill": {"name": "김"},
    }


def test_injection_url_with_key_is_nothing_but_pid_and_encrypted(project: Project) -> None:
    """sid and action inside encrypted, never a mix (INJ)."""
    url = project.injection_url(sid="kz3m1x9q2w8ab", userid="user_12345", ip_risk_category=["vpn", "tor"])
    assert list(query(url)) == ["pid", "encrypted"]
    assert opened(project, url) == {
        "action": "addveri",
        "sid": "kz3m1x9q2w8ab",
        "userid": "user_12345",
        "ipRiskCategory": "vpn,tor",
    }


def test_injection_url_without_key_is_plain_and_refuses_userid() -> None:
    """Plain sid and action; userid must be encrypted there (INJ)."""
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
    """Data often arrives in the vendor's own names."""
    assert query(Project("p").injection_url({"sid": "s1", "action": "addveri"})) == {
        "pid": "p",
        "sid": "s1",
        "action": "addveri",
    }


@pytest.mark.parametrize("fields", [None, {}, {"sid": None}])
def test_injection_url_without_sid_is_refused(fields: dict[str, object] | None) -> None:
    """There is nothing to add data to."""
    with pytest.raises(FieldError) as caught:
        Project("p").injection_url(fields)
    assert caught.value.field == "sid"


def test_injection_url_fields_that_are_no_mapping_are_refused() -> None:
    """Also where the door looks for sid itself."""
    with pytest.raises(FieldError):
        Project("p").injection_url(5)  # type: ignore[arg-type]


def test_encrypt_and_decrypt_are_a_pair(project: Project) -> None:
    """What goes in comes out, as it was."""
    text = project.encrypt({"userid": "user_12345", "n": [1, None, {"x": True}]})
    assert project.decrypt(text) == {"userid": "user_12345", "n": [1, None, {"x": True}]}


@pytest.mark.parametrize(
    "fields", [5, None, [("a", 1)], {"a": object()}, {1: "a"}, {"a": "\ud800"}, {"a": 10**5000}]
)
def test_encrypt_of_what_is_no_json_object_is_refused(project: Project, fields: Any) -> None:
    """Bad input is the caller's mistake, inside the error tree."""
    with pytest.raises(FieldError):
        project.encrypt(fields)


def test_url_of_the_longest_length_is_built_and_one_character_more_refused() -> None:
    """8,000 octets, which RFC 9110 section 4.1 asks everyone to support."""
    project = Project("abc123de45")
    room = MAX_URL_CHARS - len(project.form_url(cf1="x")) + 1
    assert len(project.form_url(cf1="x" * room)) == MAX_URL_CHARS == 8_000
    with pytest.raises(FieldError, match="URL of more than 8000 characters"):
        project.form_url(cf1="x" * (room + 1))


def test_encrypted_url_beyond_the_longest_length_is_refused(project: Project) -> None:
    """It counts what stands in the URL: base64, percent-encoded."""
    assert len(project.form_url(cf1="x" * 5_000)) <= MAX_URL_CHARS
    with pytest.raises(FieldError, match="URL of more than 8000 characters") as caught:
        project.form_url(cf1="x" * 6_000)
    assert caught.value.field == "fields"


def test_encrypt_of_too_much_is_refused(project: Project) -> None:
    """What could not be read back is not written."""
    with pytest.raises(FieldError, match="65536"):
        project.encrypt({"cf1": "x" * 60_000})


def test_encrypt_without_key_is_refused() -> None:
    """The error names the setting that is missing."""
    for call in (lambda: Project("p").encrypt({}), lambda: Project("p").decrypt("AAAA")):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.faults[0].setting == "key"


def test_decrypt_mends_what_urls_do(project: Project) -> None:
    """A space for a plus, lost padding, escaped twice."""
    for number in range(40):
        text = project.encrypt({"userid": f"user_{number}"})
        damaged = text.replace("+", " ").rstrip("=")
        assert project.decrypt(damaged) == {"userid": f"user_{number}"}
        assert project.decrypt(text.replace("+", "%2B").replace("=", "%3D")) == {"userid": f"user_{number}"}


@pytest.mark.parametrize("text", [5, None, b"AAAA", "", "x" * 65_537])
def test_decrypt_of_what_is_no_text_is_malformed(project: Project, text: Any) -> None:
    """Size and shape are looked at before the key is used."""
    with pytest.raises(MalformedError):
        project.decrypt(text)


def test_previous_keys_only_decrypt() -> None:
    """Rotation: the new key writes, both are read."""
    old = Project("p", key=OLD_KEY, cipher="gcm")
    new = Project("p", key=KEY, cipher="gcm", previous_keys=[OLD_KEY])
    assert new.decrypt(old.encrypt({"a": 1})) == {"a": 1}
    with pytest.raises(DecryptError):
        old.decrypt(new.encrypt({"a": 1}))


def test_return_key_opens_returns_and_nothing_else() -> None:
    """A project whose Return URL uses another key than its query strings."""
    vendor = Project("p", key=OLD_KEY, cipher="ecb")
    project = Project("p", key=KEY, cipher="gcm", return_key=OLD_KEY)
    text = vendor.encrypt({"kycStatus": "pending"})
    assert project.read_return({"encrypted": text}).kyc_status == "pending"
    with pytest.raises(DecryptError):
        project.decrypt(text)


def test_return_is_ecb_for_a_gcm_project_too() -> None:
    """The vendor documents ECB for every Return URL (RET, FAQ)."""
    text = Project("p", key=KEY, cipher="ecb").encrypt({"kycStatus": "approved"})
    assert Project("p", key=KEY, cipher="gcm").read_return({"encrypted": text}).kyc_status == "approved"


def test_return_with_a_previous_key_is_read() -> None:
    """A user who left before the rotation comes back after it."""
    text = Project("p", key=OLD_KEY, cipher="ecb").encrypt({"userid": "u"})
    project = Project("p", key=KEY, cipher="ecb", previous_keys=(OLD_KEY,))
    assert project.read_return(f"https://h/?encrypted={text.replace('+', '%2B')}").userid == "u"


def test_return_encrypted_without_any_key_is_untrusted_input() -> None:
    """Anyone can add ``encrypted`` to a URL, so this is no error of the setup."""
    with pytest.raises(MalformedError, match="no key"):
        Project("p").read_return("https://h/?encrypted=AAAA")


def test_gcm_layout_is_a_setting() -> None:
    """As an object or as the text that the doctor prints."""
    layout = GcmLayout(("nonce", "tag", "ciphertext"), 16, "hex", ":")
    one = Project("p", key=KEY, cipher="gcm", gcm_layout=layout)
    two = Project("p", key=KEY, cipher="gcm", gcm_layout="nonce16:tag16:ciphertext, hex")
    text = one.encrypt({"a": 1})
    assert [len(part) for part in text.split(":")] == [32, 32, 14]
    assert two.decrypt(text) == {"a": 1}


def test_ecb_layout_is_a_setting() -> None:
    """Base64 is inferred; hex cannot be excluded."""
    project = Project("p", key=KEY, cipher="ecb", ecb_layout="hex")
    assert bytes.fromhex(project.encrypt({"a": 1}))
    assert project.decrypt(project.encrypt({"a": 1}).upper()) == {"a": 1}


def test_base_url_is_a_setting() -> None:
    """For the simulator, or a vendor that moves."""
    project = Project("p", base_url="http://127.0.0.1:8000/simulator/")
    assert project.form_url() == "http://127.0.0.1:8000/simulator/?pid=p"
    assert project.knowledge_url() == "http://127.0.0.1:8000/simulator/knowledge?pid=p"


@pytest.mark.parametrize("engine", ["cryptography", "pycryptodome"])
def test_engine_in_use_can_be_asked_for(engine: str) -> None:
    """The choice is explicit, and told."""
    assert Project("p", key=KEY, cipher="gcm", engine=engine).engine == engine


def test_engine_default_is_cryptography() -> None:
    """The best that is installed; none without a key."""
    assert Project("p", key=KEY, cipher="gcm").engine == "cryptography"
    assert Project("p", return_key=KEY).engine == "cryptography"
    assert Project("p").engine is None


def test_project_takes_a_ready_made_key() -> None:
    """For a derivation that liveform does not know."""
    one = Project("p", key=SecretKey.from_bytes(bytes(32)), cipher="ecb")
    assert one.decrypt(one.encrypt({"a": 1})) == {"a": 1}


def test_project_does_not_change(project: Project) -> None:
    """Immutable, so that threads may share it."""
    with pytest.raises(AttributeError):
        project.pid = "other"
    with pytest.raises(AttributeError):
        del project.pid
    with pytest.raises(AttributeError):
        project.anything = 1


def test_project_is_its_own_copy_and_is_never_pickled(project: Project) -> None:
    """A pickle would hold the key."""
    assert copy.copy(project) is project
    assert copy.deepcopy({"p": project})["p"] is project
    with pytest.raises(KeyFormatError):
        pickle.dumps(project)
    with pytest.raises(KeyFormatError):
        project.__getstate__()


def test_project_shared_by_threads_gives_right_urls(project: Project) -> None:
    """Eight threads, one project, every URL opens to its own fields."""
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
    """The shield does not hide the arguments."""
    parameters = inspect.signature(Project.form_url).parameters
    assert list(parameters) == ["self", "fields", "encrypt", "extra", "named"]
    assert list(inspect.signature(Project).parameters)[:7] == [
        "pid",
        "key",
        "cipher",
        "encryption_only",
        "previous_keys",
        "return_key",
        "gcm_layout",
    ]
