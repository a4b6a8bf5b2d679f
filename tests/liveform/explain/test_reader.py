"""Tests of liveform.explain, which says what the vendor will read from a URL."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveform import Explanation, LiveformError, MalformedError, Pipeline, Project

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
BASE = "https://form.argosidentity.com"
PLAIN = Project("abc123de45")
SECRET = Project("abc123de45", key=KEY, cipher="gcm")
ONLY = Project("abc123de45", key=KEY, cipher="gcm", encryption_only=True)


def plain_url(**parameters: str) -> str:
    """Return a form URL with these plain parameters."""
    return f"{BASE}/?{urlencode({'pid': 'abc123de45', **parameters})}"


def secret_url(members: dict[str, object], **beside: str) -> str:
    """Return a form URL with these members inside ``encrypted``."""
    return plain_url(encrypted=SECRET.encrypt(members), **beside)


def seen(explanation: Explanation) -> dict[str, Any]:
    """Return the values that the vendor acts on, by name."""
    return {one.name: one.value for one in explanation.seen}


def ignored(explanation: Explanation) -> dict[str, str]:
    """Return the reason why each ignored parameter has no effect, by name."""
    return {one.name: one.why for one in explanation.ignored}


@pytest.mark.parametrize("project", [PLAIN, SECRET, ONLY])
def test_explain_of_our_own_urls_finds_nothing_wrong(project: Project) -> None:
    """URLs that a project builds are seen whole, with nothing ignored and no problems."""
    fields: dict[str, Any] = {"cf1": "a", "lang": "ko"}
    for url, pipeline in (
        (project.form_url(fields), Pipeline.ID_DOCUMENT),
        (project.knowledge_url(fields), Pipeline.KNOWLEDGE),
        (project.injection_url({**fields, "sid": "s1"}), Pipeline.INJECTION),
    ):
        explanation = project.explain(url)
        assert (explanation.pipeline, explanation.pid) == (pipeline, "abc123de45")
        assert seen(explanation).items() >= fields.items()
        assert (explanation.ignored, explanation.problems) == ((), ())


def test_explain_says_which_values_were_encrypted() -> None:
    """Each seen parameter says whether it was plain or encrypted."""
    explanation = SECRET.explain(SECRET.form_url(userid="u", allowed_countries="USA", lang="ko"))
    assert [(one.name, one.encrypted) for one in explanation.seen] == [
        ("lang", False),
        ("userid", True),
        ("allowedCountries", True),
    ]


def test_explain_encryption_only_mode_ignores_plain_parameters() -> None:
    """In Encryption-only mode plain parameters beside ``encrypted`` are ignored (DP)."""
    explanation = ONLY.explain(secret_url({"userid": "u"}, email="a@b", userid="other", action="addveri"))
    assert seen(explanation) == {"userid": "u"}
    assert set(ignored(explanation)) == {"email", "userid", "action"}
    assert all("Encryption-only" in why for why in ignored(explanation).values())
    assert explanation.problems == ()


def test_explain_must_encrypt_parameter_in_plain_is_ignored() -> None:
    """A parameter that must be encrypted is ignored when it is plain."""
    assert (
        "must be encrypted" in ignored(PLAIN.explain(plain_url(allowedCountries="USA")))["allowedCountries"]
    )


def test_explain_plain_only_parameter_inside_encrypted_is_ignored() -> None:
    """lang, pid and encrypted are ignored inside ``encrypted``, where they cannot be (DP)."""
    explanation = SECRET.explain(secret_url({"lang": "ko", "pid": "abc123de45", "encrypted": "x"}))
    assert ignored(explanation) == dict.fromkeys(("lang", "pid", "encrypted"), "it must be plain")


def test_explain_parameter_of_another_pipeline_is_ignored() -> None:
    """A parameter of the Knowledge form is ignored on the ID-document form."""
    assert "knowledge" in ignored(SECRET.explain(secret_url({"knowledgeField": "skip"})))["knowledgeField"]


def test_explain_unknown_parameter_is_named() -> None:
    """A parameter that the vendor does not know, such as a mistyped one, is ignored by name."""
    assert "does not know it" in ignored(PLAIN.explain(plain_url(usrid="u")))["usrid"]


@pytest.mark.parametrize(
    ("url", "wrong", "right"),
    [
        (plain_url(token="tok_12345678"), "token", "tokenid"),
        (plain_url(tokenId="tok_12345678"), "tokenId", "tokenid"),
        (secret_url({"tokenid": "tok_12345678"}), "tokenid", "token"),
    ],
)
def test_explain_token_id_under_the_other_name_says_the_right_one(url: str, wrong: str, right: str) -> None:
    """A token id in the wrong spelling is ignored, and the right spelling is named."""
    assert ignored(SECRET.explain(url))[wrong] == f"here it is called {right}"


def test_explain_injection_mix_ignores_encrypted() -> None:
    """A plain sid and action beside ``encrypted`` make a plain injection, which ignores it (INJ)."""
    explanation = SECRET.explain(secret_url({"userid": "u"}, sid="s1", action="addveri"))
    assert explanation.pipeline is Pipeline.INJECTION
    assert "plain injection" in ignored(explanation)["encrypted"]
    assert seen(explanation) == {"sid": "s1", "action": "addveri"}


def test_explain_injection_without_sid_is_a_problem() -> None:
    """An injection URL without a sid is reported as a problem."""
    assert any("sid is missing" in problem for problem in PLAIN.explain(plain_url(action="addveri")).problems)


def test_explain_injection_userid_in_plain_is_ignored() -> None:
    """A plain userid is ignored in an injection, where it must be encrypted (INJ)."""
    explanation = PLAIN.explain(plain_url(action="addveri", sid="s1", userid="u"))
    assert "must be encrypted" in ignored(explanation)["userid"]


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (f"{BASE}/?userid=u", "pid is missing"),
        (f"{BASE}/?pid=other", "another project"),
        ("https://evil.example.com/?pid=abc123de45", "address is not the form's"),
        ("https://evil.example.com/knowledge?pid=abc123de45", "address is not the form's"),
        (f"{BASE}/?pid=abc123de45&cf1=1&cf1=2", "cf1 is given 2 times"),
        (plain_url(ageLimit="true"), "takes only False"),
        (plain_url(encrypted="AAAA"), "does not open"),
        (secret_url({"userid": "u"}, userid="u"), "both plain and encrypted"),
        (secret_url({"startValidUntil": "2020-01-01T00:00:00Z"}), "startValidUntil is past"),
        (secret_url({"startValidUntil": "soon"}), "startValidUntil: must be"),
        (secret_url({"auxidField": {"a": 1}, "selectedIdType": "passport"}), "must not be combined"),
        (secret_url({"allowedCountries": "US"}), "did you mean USA?"),
    ],
)
def test_explain_names_what_is_wrong(url: str, problem: str) -> None:
    """Each thing that is wrong with a URL is reported as a problem of its own."""
    assert [found for found in SECRET.explain(url).problems if problem in found]


def test_explain_takes_any_case_of_scheme_and_host() -> None:
    """Capitals in scheme and host are accepted (RFC 3986), but not in the path."""
    explanation = PLAIN.explain("HTTPS://Form.ArgosIdentity.com?pid=abc123de45")
    assert explanation.problems == ()
    assert PLAIN.explain("https://form.argosidentity.com/KNOWLEDGE?pid=abc123de45").problems != ()


def test_explain_without_key_cannot_look_inside() -> None:
    """Without a key, ``encrypted`` is reported as a problem and does not raise an error."""
    assert any("no key" in problem for problem in PLAIN.explain(secret_url({"userid": "u"})).problems)


def test_explain_unescaped_plus_is_a_problem() -> None:
    """A plus sign that is not escaped as %2B is a problem, but the text is still read."""
    text = next(text for text in (SECRET.encrypt({"cf1": "x"}) for _ in range(1000)) if "+" in text)
    explanation = SECRET.explain(f"{BASE}?pid=abc123de45&encrypted={text}")
    assert any("%2B" in problem for problem in explanation.problems)
    assert seen(explanation) == {"cf1": "x"}


@pytest.mark.parametrize(
    "query",
    ["encrypted=QUFB+QUFB", "encrypted=QUFB+QUFB&encrypted=QUFB", "encrypted=QUFB&encrypted=QUFB+QUFB"],
)
def test_explain_unescaped_plus_in_any_encrypted_is_a_problem(query: str) -> None:
    """An unescaped plus is reported in whichever of several ``encrypted`` it is."""
    problems = SECRET.explain(f"{BASE}/?pid=abc123de45&{query}").problems
    assert any("holds a + that is not percent-encoded (%2B)" in problem for problem in problems)


def test_explain_far_instants_are_no_problem() -> None:
    """An instant that becomes year 0 in UTC is reported as a problem and raises no OverflowError."""
    explanation = SECRET.explain(secret_url({"startValidUntil": "0001-01-01T00:00:00+14:00"}))
    assert any("startValidUntil" in problem for problem in explanation.problems)


def test_explanation_repr_shows_no_values_and_text_does() -> None:
    """The repr and str of an explanation show no values; ``to_text`` and ``asdict`` do."""
    explanation = SECRET.explain(SECRET.form_url(email="jane@example.com", auxid_field={"a": 1}))
    assert "jane" not in repr(explanation)
    assert "jane" not in str(explanation)
    assert "jane@example.com  (encrypted)" in explanation.to_text()
    assert '{"a": 1}' in explanation.to_text()
    assert asdict(explanation)["seen"][0]["value"] == "jane@example.com"


def test_explanation_text_lists_all_four_kinds() -> None:
    """The text lists pipeline, pid, seen, ignored and problems, without control characters."""
    text = PLAIN.explain(plain_url(cf1="\x1b[31mred", nope="1", ageLimit="true")).to_text()
    assert [line.split()[0] for line in text.splitlines()] == [
        "pipeline",
        "pid",
        "seen",
        "seen",
        "ignored",
        "problem",
    ]
    assert "\x1b" not in text


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("place", ["pid", "value", "name", "encrypted value"])
def test_explanation_text_with_a_line_break_in_a_value_has_no_other_lines(
    place: str, line_break: str
) -> None:
    """A value, name or pid with a line break cannot forge a line of the text."""
    forged = f"x{line_break}problem   forged"
    url = {
        "pid": f"{BASE}/?{urlencode({'pid': forged, 'cf1': 'x', 'nope': '1'})}",
        "value": plain_url(cf1=forged, nope="1"),
        "name": plain_url(cf1="x", **{forged: "1"}),
        "encrypted value": secret_url({"cf1": forged, "nope": "1"}),
    }[place]
    lines = SECRET.explain(url).to_text().splitlines()
    kinds = ["pipeline", "pid", "seen", "ignored"]
    assert [line.split()[0] for line in lines] == ([*kinds, "problem"] if place == "pid" else kinds)
    assert "problem   forged" not in lines


@pytest.mark.parametrize(
    "url", ["", "pid=abc", 5, None, "x" * 70_000, "https://h/?a=%ff", "https://[::1/?pid=x"]
)
def test_explain_of_what_is_no_url_is_malformed(url: Any) -> None:
    """Text without an address, other types, and URLs that cannot be parsed are malformed."""
    with pytest.raises(MalformedError):
        SECRET.explain(url)


@given(
    st.text(max_size=200).map(lambda text: f"{BASE}/?{text}")
    | st.text(max_size=100).map(lambda text: f"x://{text}")
)
def test_explain_of_anything_raises_only_liveform_errors(url: str) -> None:
    """Any URL gives an explanation with a text, or a LiveformError."""
    try:
        explanation = ONLY.explain(url)
    except LiveformError:
        return
    assert isinstance(explanation.to_text(), str)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["userid", "startValidUntil", "auxidField", "selectedIdType", "action", "sid", "lang"]
)


@given(st.dictionaries(names | st.text(), json_values, max_size=5))
def test_explain_of_any_members_raises_only_liveform_errors(members: dict[str, object]) -> None:
    """Each encrypted member, of any JSON type, is either seen or ignored."""
    explanation = SECRET.explain(secret_url(members))
    assert len(explanation.seen) + len(explanation.ignored) == len(members)
    assert isinstance(explanation.to_text(), str)


@pytest.mark.parametrize(
    "members",
    [
        {"allowedCountries": ["USA"]},
        {"startValidUntil": 900},
        {"ageLimit": "false"},
        {"startValidUntil": "2099-01-01T00:00:00-09:00"},
    ],
    ids=["list", "seconds", "quoted", "offset"],
)
def test_member_that_only_the_builder_takes_is_a_problem(members: dict[str, object]) -> None:
    """Lists, seconds, quoted booleans and offsets in the encrypted members are problems."""
    (name,) = members
    problems = SECRET.explain(secret_url(members)).problems
    assert problems == (f"{name} is not written as the vendor documents it",)


def test_token_that_is_plain_and_encrypted_is_a_problem() -> None:
    """A token id that is both plain and encrypted is a problem, though its names differ."""
    explanation = SECRET.explain(secret_url({"token": "token-12345"}, tokenid="token-12345"))
    assert explanation.problems == ("token is both plain and encrypted; which one counts is not documented",)


def test_action_that_is_not_documented_is_no_injection() -> None:
    """An action other than addveri does not make an injection, and ``encrypted`` counts (INJ)."""
    explanation = SECRET.explain(secret_url({"email": "jane@example.com"}, action="other", sid="abc"))
    assert explanation.pipeline is Pipeline.ID_DOCUMENT
    assert seen(explanation) == {"email": "jane@example.com"}
    assert set(ignored(explanation)) == {"action", "sid"}


FACE = Project("abc123de45", key=KEY, cipher="gcm", face_auth_pid="face000001", face_auth_key="another key")
FACE_ONLY = Project(
    "abc123de45",
    key=KEY,
    cipher="gcm",
    encryption_only=True,
    face_auth_pid="face000001",
    face_auth_key="another key",
)
FACE_ALONE = Project("abc123de45", face_auth_pid="face000001", face_auth_key="another key")


@pytest.mark.parametrize("project", [FACE, FACE_ONLY, FACE_ALONE])
def test_explain_of_our_own_face_auth_urls_finds_nothing_wrong(project: Project) -> None:
    """A FaceAuth URL is read with the add-on's id and key."""
    explanation = project.explain(project.face_auth_url(sid="s1", auth_cf1="a", token_id="token-0001"))
    assert (explanation.pipeline, explanation.pid) == (Pipeline.FACE_AUTH, "face000001")
    assert seen(explanation) == {"sid": "s1", "authCf1": "a", "token": "token-0001"}
    assert (explanation.ignored, explanation.problems) == ((), ())


@pytest.mark.parametrize("project", [FACE, FACE_ONLY])
def test_explain_of_a_plain_face_auth_url_says_what_has_no_effect(project: Project) -> None:
    """In a FaceAuth URL nothing is read in plain, and parameters of the forms are not known."""
    url = f"{BASE}/face-auth?pid=face000001&sid=s1&authCf1=a&lang=ko&userid=u&new=x&action=addveri"
    explanation = project.explain(url)
    assert explanation.pipeline is Pipeline.FACE_AUTH
    assert explanation.seen == ()
    assert ignored(explanation) == {
        "sid": "it must be encrypted",
        "authCf1": "it must be encrypted",
        "lang": "it belongs to id_document or knowledge or injection",
        "userid": "it belongs to id_document or knowledge or injection",
        "action": "it belongs to injection",
        "new": "liveform does not know it; if the vendor does not either, it has no effect",
    }
    assert explanation.problems == ("sid is missing; face authentication needs the id of a submission",)


def test_explain_of_an_action_inside_a_face_auth_url_is_no_injection() -> None:
    """A FaceAuth URL stays one, whatever is inside ``encrypted``."""
    encrypted = Project("face000001", key="another key", cipher="gcm").encrypt(
        {"sid": "s1", "action": "addveri"}
    )
    explanation = FACE.explain(f"{BASE}/face-auth?{urlencode({'pid': 'face000001', 'encrypted': encrypted})}")
    assert explanation.pipeline is Pipeline.FACE_AUTH
    assert ignored(explanation) == {"action": "it belongs to injection"}


@pytest.mark.parametrize(
    ("project", "pid", "problem"),
    [
        (FACE, "abc123de45", "pid is that of another project"),
        (PLAIN, "face000001", "pid cannot be checked: this project has no face_auth_pid"),
        (SECRET, "face000001", "encrypted cannot be looked into: this project has no key for it"),
    ],
)
def test_explain_of_a_face_auth_url_of_another_project_says_so(
    project: Project, pid: str, problem: str
) -> None:
    """The id and key of the project itself are not those of its FaceAuth add-on."""
    encrypted = SECRET.encrypt({"sid": "s1"})
    url = f"{BASE}/face-auth?{urlencode({'pid': pid, 'encrypted': encrypted})}"
    assert problem in project.explain(url).problems


def test_explain_of_face_auth_at_another_address_is_still_face_auth() -> None:
    """A path that ends in /face-auth is read as FaceAuth, and another address is a problem."""
    explanation = FACE.explain("https://evil.example.com/face-auth?pid=face000001")
    assert explanation.pipeline is Pipeline.FACE_AUTH
    assert any(f"or for FaceAuth {BASE}/face-auth" in problem for problem in explanation.problems)


@pytest.mark.parametrize(
    ("members", "problems"),
    [
        ({"ipRiskDurationHours": 24}, ["ipRiskDurationHours needs ipRiskCategory beside it"]),
        ({"distanceCheckSource": "ipGeo"}, ["distanceCheckSource needs distanceMaxDistanceKm beside it"]),
        ({"ipRiskDurationHours": 24, "ipRiskCategory": "vpn"}, []),
        ({"distanceCheckSource": "ipGeo", "distanceMaxDistanceKm": 5}, []),
        (
            {"distanceMaxDistanceKm": "5", "distanceCheckSource": "ipGeo"},
            ["distanceMaxDistanceKm is not written as the vendor documents it"],
        ),
    ],
)
def test_explain_says_what_a_parameter_needs(members: dict[str, object], problems: list[str]) -> None:
    """A parameter without the one that it needs is a problem."""
    explanation = SECRET.explain(secret_url({"sid": "s1", "action": "addveri", **members}))
    assert list(explanation.problems) == problems
