"""Tests of liveform.returns, which reads the claims of a Return URL, damaged or not."""

import json
import pickle
from base64 import b64decode, b64encode
from dataclasses import FrozenInstanceError, asdict, fields
from pathlib import Path
from typing import Any, Literal, get_type_hints
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import (
    ConfigError,
    DecryptError,
    FieldError,
    KycStatus,
    LiveformError,
    MalformedError,
    Project,
    ReturnClaims,
    UnexpectedValueError,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "returns.json").read_text(encoding="utf-8"))
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PROJECT = Project("p", key=KEY, cipher="ecb")
ATTRIBUTES = {
    "kycStatus": "kyc_status",
    "submissionId": "submission_id",
    "errorCode": "error_code",
}


class MultiDict(dict[str, list[str]]):
    """The part of Flask's and Django's query mapping that liveform relies on."""

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name)[0]

    def getlist(self, name: str) -> list[str]:
        """Return all values of a name, in order."""
        return super().__getitem__(name)


def encrypted(**members: object) -> str:
    """Return a Return URL with these members inside ``encrypted``."""
    return "https://app.example.com/done?" + urlencode({"encrypted": PROJECT.encrypt(members)})


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_return_vector_is_read(vector: dict[str, Any]) -> None:
    """Every vector is read as a URL, a query with or without ``?``, and three kinds of mapping."""
    project = Project("p", return_key=vector["key"])
    url = vector["url"]
    query = urlsplit(url).query
    for source in (
        url,
        query,
        f"?{query}",
        dict(parse_qsl(query)),
        parse_qs(query),
        MultiDict(parse_qs(query)),
    ):
        claims = project.read_return(source)
        found = {name: getattr(claims, ATTRIBUTES.get(name, name)) for name in vector["fields"]}
        assert found == vector["fields"]
        assert claims.encrypted is (vector["key"] is not None)
        assert claims.extra == {}


def test_claims_say_first_that_they_are_no_proof() -> None:
    """The docs of ReturnClaims begin with "not proof", and no attribute says approved."""
    assert ReturnClaims.__doc__ is not None
    assert ReturnClaims.__doc__.splitlines()[0].startswith("These are claims, not proof")
    assert "ECB" in ReturnClaims.__doc__
    assert not [name for name in dir(ReturnClaims) if "approved" in name.lower() or name.startswith("is_")]


def test_ecb_blocks_can_be_swapped_without_the_key() -> None:
    """A return made from swapped ECB blocks is read as approved, so claims do not prove anything."""
    alice = b64decode(PROJECT.encrypt({"kycStatus": "approved", "userid": "alice"}))
    mallory = b64decode(PROJECT.encrypt({"kycStatus": "rejected", "userid": "mallory"}))
    assert len('{"kycStatus":"approved","userid"') == 2 * 16
    forged = b64encode(alice[:32] + mallory[32:]).decode()
    claims = PROJECT.read_return({"encrypted": forged})
    assert (claims.kyc_status, claims.userid) == (KycStatus.APPROVED, "mallory")


def test_claims_repr_shows_status_and_no_personal_data() -> None:
    """The repr of claims shows the status and the names of claims, but not their values."""
    claims = PROJECT.read_return(
        encrypted(kycStatus="approved", email="jane@example.com", userid="u-77", cf1="secret")
    )
    for text in (repr(claims), str(claims), f"{claims}"):
        assert "approved" in text
        assert "email" in text
        assert not any(value in text for value in ("jane", "u-77", "secret"))


def test_claims_repr_shows_an_error_code_only_if_it_is_one() -> None:
    """The repr of claims shows an errorCode only if it has the form of a vendor's code."""
    assert "TK-10001" in repr(PROJECT.read_return("errorCode=TK-10001"))
    assert "jane" not in repr(PROJECT.read_return("errorCode=jane@example.com"))


def test_claims_are_frozen_picklable_and_dumpable() -> None:
    """Claims cannot be changed, and can be hashed, pickled and dumped as JSON."""
    claims = PROJECT.read_return(encrypted(kycStatus="pending", userid="u", other=[1]))
    with pytest.raises(FrozenInstanceError):
        claims.userid = "x"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(claims)) == claims
    assert json.loads(json.dumps(asdict(claims)))["extra"] == {"other": [1]}
    assert hash(claims) == hash(pickle.loads(pickle.dumps(claims)))
    assert get_type_hints(ReturnClaims)["encrypted"] is bool


def test_unknown_members_are_kept() -> None:
    """Unknown members of an encrypted return are kept in ``extra``."""
    claims = PROJECT.read_return(encrypted(kycStatus="approved", newThing={"a": 1}))
    assert claims.extra == {"newThing": {"a": 1}}


def test_plain_unknown_parameters_are_kept() -> None:
    """Unknown parameters of a plain return are kept in ``extra``."""
    claims = Project("p").read_return("https://h/?step=2&kycStatus=pending")
    assert (claims.kyc_status, claims.extra, claims.encrypted) == (KycStatus.PENDING, {"step": "2"}, False)


@pytest.mark.parametrize("error_code", ["TK-10001", "ZZ-1", "anything"])
def test_error_code_is_an_open_set(error_code: str) -> None:
    """Any text is accepted as an errorCode, since the vendor adds codes (ERR)."""
    assert PROJECT.read_return(encrypted(errorCode=error_code)).error_code == error_code


def test_error_code_beside_encrypted_is_accepted() -> None:
    """An errorCode may be plain beside ``encrypted``."""
    claims = PROJECT.read_return(encrypted(userid="u") + "&errorCode=DE-20000")
    assert (claims.error_code, claims.userid, claims.encrypted) == ("DE-20000", "u", True)


@pytest.mark.parametrize("beside", ["kycStatus=approved", "userid=u", "email=a%40b"])
def test_other_claims_beside_encrypted_are_refused(beside: str) -> None:
    """A plain kycStatus, userid or email beside ``encrypted`` is refused."""
    with pytest.raises(MalformedError, match="beside encrypted"):
        PROJECT.read_return(f"{encrypted(cf1='x')}&{beside}")


def test_error_code_inside_and_beside_is_refused() -> None:
    """An errorCode both inside and beside ``encrypted`` is refused."""
    with pytest.raises(MalformedError):
        PROJECT.read_return(encrypted(errorCode="TK-10001") + "&errorCode=TK-10001")


def test_site_parameters_beside_encrypted_are_left_alone() -> None:
    """Parameters of the site beside ``encrypted`` are not claims and are left out."""
    assert PROJECT.read_return(encrypted(userid="u") + "&step=2").extra == {}


@pytest.mark.parametrize(
    "source",
    [
        "kycStatus=approved&kycStatus=rejected",
        "encrypted=AAAA&encrypted=BBBB",
        "userid=a&step=1&userid=a",
        {"kycStatus": ["approved", "rejected"]},
        MultiDict({"kycStatus": ["approved", "rejected"]}),
    ],
)
def test_claim_given_twice_is_refused(source: Any) -> None:
    """A claim given twice in a query or a mapping is refused."""
    with pytest.raises(MalformedError, match="twice"):
        PROJECT.read_return(source)


@pytest.mark.parametrize(
    "source",
    [
        "utm_source=a&kycStatus=approved&utm_source=b&step=2",
        "https://app.example.com/done?utm_source=a&utm_source=b&step=2?kycStatus=approved",
        {"utm_source": ["a", "b"], "kycStatus": "approved", "step": "2"},
        MultiDict({"utm_source": ["a", "b"], "kycStatus": ["approved"], "step": ["2"]}),
    ],
)
def test_parameter_of_the_site_given_twice_is_kept(source: Any) -> None:  # R7
    """Only claims must be given once: a parameter of the site's own may have several values, in ``extra``."""
    claims = PROJECT.read_return(source)
    assert claims.kyc_status is KycStatus.APPROVED
    assert claims.extra == {"utm_source": ["a", "b"], "step": "2"}


def test_claim_inside_a_parameter_of_the_site_is_left_there() -> None:  # R7
    """A parameter of the site's own may hold a URL with a claim, which stays there if one is given too."""
    claims = PROJECT.read_return("next=/x?userid=a&userid=b&kycStatus=pending")
    assert (claims.userid, claims.extra) == ("b", {"next": "/x?userid=a"})


def test_parameter_of_the_site_given_twice_beside_encrypted_is_no_matter() -> None:  # R7
    """Beside ``encrypted``, what the site's own parameters say is not read."""
    sealed = PROJECT.encrypt({"kycStatus": "approved"})
    assert PROJECT.read_return({"utm_source": ["a", "b"], "encrypted": sealed}).extra == {}


@pytest.mark.parametrize(
    ("query", "email"),
    [
        ("email=jane+kyc@example.com", "jane+kyc@example.com"),
        ("email=jane%20kyc%40example.com", "jane+kyc@example.com"),
        ("email=a+b+c%2Bd%40example.com", "a+b+c+d@example.com"),
        ("email=+82%40example.com", "+82@example.com"),
        ("email=no+address", "no address"),
        ("email=jane%40example.com+", "jane@example.com "),
    ],
)
@pytest.mark.parametrize("name", ["email", "userid"])
def test_plus_of_a_plain_address_is_put_back(name: str, query: str, email: str) -> None:  # R2
    """An e-mail address holds no space: in a plain claim, a space is the ``+`` that it was."""
    query = query.replace("email=", f"{name}=", 1)
    assert getattr(Project("abc123de45").read_return(query), name) == email
    assert getattr(Project("abc123de45").read_return(dict(parse_qsl(query))), name) == email


def test_plus_of_other_claims_is_left_alone() -> None:  # R2
    """In a custom field, and in a user id that is no address, a space is a space."""
    claims = Project("abc123de45").read_return("cf1=write+to+a@example.com&userid=jane+doe")
    assert (claims.cf1, claims.userid) == ("write to a@example.com", "jane doe")
    sealed = encrypted(email="jane kyc@example.com")
    assert PROJECT.read_return(sealed).email == "jane kyc@example.com"


@pytest.mark.parametrize("length", [64, 76])
@pytest.mark.parametrize("line_break", ["%0A", "%0D%0A", "\n", "+", "%20"])
def test_encrypted_return_in_lines_is_read(length: int, line_break: str) -> None:  # R1
    """A return whose text something wrote in lines is read as one text."""
    sealed = PROJECT.encrypt({"kycStatus": "approved", "userid": "u" * 90})
    lines = [quote(sealed[start : start + length], safe="") for start in range(0, len(sealed), length)]
    claims = PROJECT.read_return(f"https://app.example.com/?encrypted={line_break.join(lines)}")
    assert claims.userid == "u" * 90


@pytest.mark.parametrize("status", ["Approved", "APPROVED", "approved ", "ok", "승인"])
def test_unknown_status_is_refused(status: str) -> None:
    """A kycStatus other than approved, pending or rejected in small letters is refused (RET)."""
    with pytest.raises(UnexpectedValueError) as caught:
        PROJECT.read_return(encrypted(kycStatus=status))
    assert caught.value.field == "kycStatus"
    assert status not in str(caught.value)


@pytest.mark.parametrize("status", ["in_review", "APPROVED", 7, ["approved"]])
def test_unknown_status_is_kept_where_reading_is_not_strict(status: object) -> None:  # E1
    """With ``strict=False`` an undocumented kycStatus is kept in ``extra``, and the other claims are read."""
    claims = PROJECT.read_return(encrypted(kycStatus=status, userid="u", step=2), strict=False)
    assert (claims.kyc_status, claims.userid) == (None, "u")
    assert claims.extra == {"kycStatus": status, "step": 2}


@pytest.mark.parametrize("name", ["errorCode", "userid", "submissionId", "cf3"])
def test_claim_that_is_no_text_is_kept_where_reading_is_not_strict(name: str) -> None:  # A1
    """With ``strict=False`` a claim that is not text is kept in ``extra``, and is no claim."""
    claims = PROJECT.read_return(encrypted(kycStatus="approved", **{name: ["x"]}), strict=False)
    assert claims.kyc_status is KycStatus.APPROVED
    assert getattr(claims, ATTRIBUTES.get(name, name)) is None
    assert claims.extra == {name: ["x"]}


@pytest.mark.parametrize(
    "query",
    ["kycStatus=approved", "userid=u", "cf3=", "submissionId=s", "errorCode=TK-10001&cf3=x", "email="],
)
@pytest.mark.parametrize("by_option", [True, False])
def test_plain_claims_are_refused_where_encryption_is_required(query: str, by_option: bool) -> None:  # A2
    """A plain claim is refused with ``require_encrypted``, of the call or of the project."""
    if by_option:
        project, options = Project("p", return_key=KEY, return_encrypted=True), {}
    else:
        project, options = PROJECT, {"require_encrypted": True}
    with pytest.raises(MalformedError, match="encrypted ones only"):
        project.read_return(f"https://h/?step=2&{query}", **options)
    assert project.read_return(query, require_encrypted=False).encrypted is False


@pytest.mark.parametrize(
    ("query", "code"),
    [("errorCode=TK-10001", "TK-10001"), ("step=2&errorCode=TK-10001", "TK-10001"), ("step=2", None)],
)
def test_error_code_alone_may_be_plain_where_encryption_is_required(query: str, code: str | None) -> None:
    """A plain errorCode alone is read with ``require_encrypted``: its place is not documented."""  # A2
    claims = PROJECT.read_return(query, require_encrypted=True)
    assert (claims.error_code, claims.kyc_status) == (code, None)


def test_encrypted_claims_are_read_where_encryption_is_required() -> None:  # A2
    """An encrypted return, also with a plain errorCode beside it, is read with ``require_encrypted``."""
    claims = PROJECT.read_return(encrypted(userid="u") + "&errorCode=DE-20000", require_encrypted=True)
    assert (claims.userid, claims.error_code, claims.encrypted) == ("u", "DE-20000", True)


@pytest.mark.parametrize("flag", [None, False])
def test_plain_claims_are_read_where_the_project_does_not_say_otherwise(flag: bool | None) -> None:  # A2
    """A project without ``return_encrypted`` reads plain claims, unless the call refuses them."""
    project = Project("p", return_key=KEY, return_encrypted=flag)
    assert project.read_return("kycStatus=approved").kyc_status is KycStatus.APPROVED
    with pytest.raises(MalformedError):
        project.read_return("kycStatus=approved", require_encrypted=True)


def test_encryption_cannot_be_required_without_a_key() -> None:  # A2
    """``require_encrypted=True`` for a project without a key is a mistake of the caller."""
    with pytest.raises(ConfigError, match="require_encrypted"):
        Project("p", api_key=KEY).read_return("kycStatus=approved", require_encrypted=True)


@pytest.mark.parametrize("value", [1, True, ["approved"], {"a": 1}, 1.5])
@pytest.mark.parametrize("name", ["kycStatus", "errorCode", "userid", "submissionId", "cf3"])
def test_claim_that_is_no_text_is_refused(name: str, value: object) -> None:
    """A claim that is not text is refused by its name."""
    with pytest.raises(UnexpectedValueError) as caught:
        PROJECT.read_return(encrypted(**{name: value}))
    assert caught.value.field == name


@pytest.mark.parametrize(
    "source", ["kycStatus=&errorCode=&userid=", encrypted(kycStatus="", errorCode=None, userid="")]
)
def test_empty_status_and_code_are_none(source: str) -> None:
    """An empty kycStatus or errorCode is read as None, and an empty userid as empty text."""
    claims = PROJECT.read_return(source)
    assert (claims.kyc_status, claims.error_code, claims.userid) == (None, None, "")


@pytest.mark.parametrize(
    "template",
    [
        "https://h/#/done?{}",
        "https://h/app#{}",
        "https://h/?step=2?{}",
        "https://h/?step=2#/done?{}",
    ],
)
def test_return_joined_to_fragments_and_queries_is_found(template: str) -> None:
    """Claims are found behind a fragment or a second question mark of the Return URL."""
    claims = Project("p").read_return(template.format("kycStatus=approved&userid=u"))
    assert (claims.kyc_status, claims.userid) == (KycStatus.APPROVED, "u")


@pytest.mark.parametrize(
    "source",
    [
        "https://a.example/d?kycStatus=approved&amp;userid=u1",
        "https://a.example/d?order=7&amp;kycStatus=approved&amp;userid=u1",
        "https://a.example/d?order=7&amp;amp;kycStatus=approved&amp;amp;userid=u1",
        "https://a.example/d#kycStatus=approved&amp;userid=u1",
        {"kycStatus": "approved", "amp;userid": "u1"},
    ],
)
def test_return_with_html_ampersands_is_read(source: Any) -> None:
    """A claim behind ``&amp;`` is that claim, in a URL and in a framework's mapping."""
    claims = Project("p").read_return(source)
    assert (claims.kyc_status, claims.userid) == (KycStatus.APPROVED, "u1")
    assert set(claims.extra) <= {"order"}


def test_return_with_html_ampersands_is_decrypted() -> None:
    """``&amp;`` in front of ``encrypted`` does not hide it."""
    url = PROJECT.build_return("https://a.example/d?order=7", {"userid": "u1"}, encrypt=True)
    assert PROJECT.read_return(url.replace("&", "&amp;")).userid == "u1"


@pytest.mark.parametrize(
    "source",
    [
        "https://a.example/d?userid=u1&amp;userid=u2",
        "https://a.example/d?userid=u1?userid=u2&amp;userid=u3",
        {"userid": "u1", "amp;userid": "u1"},
    ],
)
def test_return_with_html_ampersands_repeats_no_claim(source: Any) -> None:
    """A claim behind ``&amp;`` beside the same one is given twice, which is refused."""
    with pytest.raises(MalformedError, match="userid is given twice"):
        Project("p").read_return(source)


def test_return_keeps_an_html_ampersand_of_the_site() -> None:
    """``amp;`` stays in a name that is no claim's."""
    assert Project("p").read_return("https://a/d?userid=u&amp;order=7").extra == {"amp;order": "7"}


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("jane%2540example.com", "jane@example.com"),
        ("jane%252Bnews%2540example.com", "jane+news@example.com"),
        ("jane%2540", "jane%40"),
        ("jane%25ff%2540example.com", "jane%ff%40example.com"),
        ("jane%2540b@example.com", "jane%40b@example.com"),
    ],
)
def test_return_plain_email_escaped_twice_is_repaired(text: str, email: str) -> None:
    """A plain e-mail address that was escaped twice is read; what would be no address stays as it is."""
    assert Project("p").read_return(f"https://a/d?email={text}").email == email


def test_return_plain_user_id_escaped_twice_stays() -> None:
    """A user id may hold a percent sign of its own, so it is not changed."""
    assert Project("p").read_return("https://a/d?userid=jane%2540example.com").userid == "jane%40example.com"


@pytest.mark.parametrize(
    "text",
    [
        "https://a.example/d?kycStatus=approved&userid=us\ner_1",
        "https://a.example/d?kycStatus=approved&userid=us\r\ner_1\r\n",
        "https://a.example/d?kyc\tStatus=approved&userid=user_1",
        "https://a.example/d?kycStatus=approved&userid=user%5\nF1",
        " https://a.example/d?kycStatus=approved&userid=user_1 ",
        "<https://a.example/d?kycStatus=approved&userid=user_1>",
        '"https://a.example/d?kycStatus=approved&userid=user_1"',
        "<https://a.example/d#kycStatus=approved&userid=user\n_1>",
    ],
)
def test_return_in_lines_of_a_mailer_is_read_as_by_a_browser(text: str) -> None:
    """Tabs and line breaks in a URL are dropped (WHATWG URL), and so is what mailers write around one."""
    claims = Project("p").read_return(text)
    assert (claims.kyc_status, claims.userid) == (KycStatus.APPROVED, "user_1")


def test_return_with_escaped_line_break_keeps_it() -> None:
    """A percent-encoded line break is a part of the value."""
    assert Project("p").read_return("https://a/d?cf1=a%0Ab").cf1 == "a\nb"


@pytest.mark.parametrize("step", [7, 40, 64])
def test_return_encrypted_in_lines_is_opened(step: int) -> None:
    """``encrypted`` that a mailer broke into lines opens, also where the break is inside an escape."""
    url = PROJECT.build_return("https://a.example/d", {"userid": "user_12345"}, encrypt=True)
    lines = "\n".join(url[start : start + step] for start in range(0, len(url), step))
    assert PROJECT.read_return(lines).userid == "user_12345"


def test_return_without_any_claim_is_empty() -> None:
    """A Return URL without parameters gives empty claims."""
    assert PROJECT.read_return("https://app.example.com/done") == ReturnClaims()
    assert PROJECT.read_return({}) == ReturnClaims()


@pytest.mark.parametrize(
    "source",
    [
        5,
        None,
        b"kycStatus=approved",
        ["kycStatus"],
        {"kycStatus": 5},
        {"kycStatus": [b"approved"]},
        {1: "x"},
        {"userid": "\udcff"},
        "userid=\udcff",
        {f"a{number}": "x" for number in range(101)},
        {"encrypted": "A" * 65_537},
        "encrypted=" + "A" * 65_537,
        "encrypted=%ff",
        "encrypted=",
        "encrypted=@@@@",
    ],
)
def test_what_is_no_return_is_malformed(source: Any) -> None:
    """Other types, invalid Unicode, invalid base64 and too much text are malformed."""
    with pytest.raises(MalformedError):
        PROJECT.read_return(source)


@pytest.mark.parametrize(
    "source",
    [
        {f"a{number}": "x" for number in range(100)},
        {"a": "u" * 65_536},
        {"a": "u" * 65_530, "b": ["v" * 6]},
    ],
    ids=["100 names", "one value", "two values"],
)
def test_return_mapping_at_its_bounds_is_read(source: dict[str, Any]) -> None:
    """A mapping may hold 100 parameters, and 65,536 characters in all its values."""
    extra = PROJECT.read_return(source).extra
    assert [*extra] == [*source]
    assert sum(map(len, map(str, extra.values()))) in (100, 65_536)


@pytest.mark.parametrize(
    "source",
    [
        {f"a{number}": "x" for number in range(101)},
        {"a": ["x"] * 101},
        {"userid": "u" * 65_537},
        {"userid": "u" * 65_531, "email": "e" * 6},
        {"userid": ["u" * 65_531, "e" * 6]},
    ],
    ids=["101 names", "101 values", "one value", "two values", "a list of values"],
)
def test_return_mapping_over_its_bounds_is_refused_for_its_size(source: dict[str, Any]) -> None:
    """A mapping of 101 parameters or of 65,537 characters is refused."""
    with pytest.raises(MalformedError, match="more than 100 parameters or 65536 characters"):
        PROJECT.read_return(source)


def test_return_under_another_key_does_not_open() -> None:
    """A return encrypted under another key raises a DecryptError."""
    with pytest.raises(DecryptError):
        Project("p", return_key="another key").read_return(encrypted(userid="u"))


@given(st.text(max_size=300) | st.dictionaries(st.text(), st.text() | st.lists(st.text()) | st.integers()))
def test_read_return_of_anything_raises_only_liveform_errors(source: Any) -> None:
    """Any text or mapping gives claims or a LiveformError."""
    try:
        claims = PROJECT.read_return(source)
    except LiveformError:
        return
    assert isinstance(claims, ReturnClaims)


@given(
    st.dictionaries(
        st.sampled_from(["userid", "email", "cf1", "cf2", "cf3", "submissionId"]), st.text(min_size=1)
    )
)
def test_read_return_finds_any_text_again(fields: dict[str, str]) -> None:
    """Claims of any Unicode text come back unchanged from encrypted and plain returns."""
    for claims in (
        PROJECT.read_return(encrypted(**fields)),
        PROJECT.read_return("https://h/?" + urlencode(fields)),
    ):
        assert {name: getattr(claims, ATTRIBUTES.get(name, name)) for name in fields} == fields


CLAIMS = {"userid": "user_12345", "kycStatus": "pending", "cf1": "a b&c=d", "errorCode": None}


@pytest.mark.parametrize("encrypt", [True, False, None])
@pytest.mark.parametrize("cipher", ["ecb", "gcm"])
def test_built_return_is_read_back(cipher: Literal["ecb", "gcm"], encrypt: bool | None) -> None:
    """A built return is joined before the fragment, is ECB for GCM too (RET), and is read back."""
    project = Project("abc123de45", key="an example of a key", cipher=cipher)
    url = project.build_return("https://app.example.com/done?step=2#top", CLAIMS, encrypt=encrypt)
    assert url.startswith("https://app.example.com/done?step=2&")
    assert url.endswith("#top")
    assert ("encrypted=" in url) is (encrypt is not False)
    claims = project.read_return(url)
    assert (claims.userid, claims.kyc_status, claims.cf1) == ("user_12345", "pending", "a b&c=d")
    assert claims.error_code is None


def test_built_return_without_claims_is_the_return_url() -> None:
    """A return built without claims is the Return URL unchanged."""
    url = "https://app.example.com/done#top"
    assert Project("abc123de45").build_return(url, {}) == url


def test_built_return_may_hold_an_odd_value() -> None:
    """A return can be built with an unknown kycStatus, which reading then refuses."""
    project = Project("abc123de45")
    url = project.build_return("https://app.example.com/done", {"kycStatus": "verified"})
    assert url == "https://app.example.com/done?kycStatus=verified"
    with pytest.raises(UnexpectedValueError, match="kycStatus"):
        project.read_return(url)


@pytest.mark.parametrize(
    ("url", "claims", "encrypt", "field"),
    [
        ("done", {}, None, "url"),
        ("https://app.example.com/\ud800", {}, None, "url"),
        ("https:///done", {}, None, "url"),
        (None, {}, None, "url"),
        ("https://app.example.com/", {"kyc_status": "pending"}, None, "kyc_status"),
        ("https://app.example.com/", {"cf1": 1}, None, "cf1"),
        ("https://app.example.com/", {"cf1": "\ud800"}, None, "cf1"),
        ("https://app.example.com/", None, None, "claims"),
        ("https://app.example.com/", {}, True, "encrypt"),
    ],
)
def test_return_that_cannot_be_built_is_refused(
    url: Any, claims: Any, encrypt: bool | None, field: str
) -> None:
    """A return with a wrong address, claim or ``encrypt`` is refused by the name of that argument."""
    with pytest.raises(FieldError) as caught:
        Project("abc123de45").build_return(url, claims, encrypt=encrypt)
    assert caught.value.field == field


def test_return_question_mark_behind_a_claim_is_part_of_a_value() -> None:
    """A claim before the question mark shows that the query is whole, so nothing is repaired."""
    claims = Project("abc123de45").read_return("https://a/d?userid=u&x=1?kycStatus=approved")
    assert (claims.kyc_status, claims.userid, claims.extra) == (None, "u", {"x": "1?kycStatus=approved"})


def test_build_return_names_the_first_claim_that_it_does_not_know() -> None:
    """Of several unknown claims, the error names the first."""
    with pytest.raises(FieldError) as caught:
        Project("abc123de45").build_return("https://a/d", {"kycStatus": "x", "first": "1", "second": "2"})
    assert caught.value.field == "first"


def test_claims_have_the_attributes_of_their_class_and_no_others() -> None:
    """Claims that were read have each field of the class once, sent or not."""
    claims = Project("abc123de45").read_return("https://a/d?userid=u")
    assert set(vars(claims)) == {field.name for field in fields(ReturnClaims)}
