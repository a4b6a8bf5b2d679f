"""Tests of ``explain_url``, which says of a URL what can be said without any settings."""

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vector_files import load_vectors

from liveform import Explanation, LiveformError, MalformedError, Pipeline, Project, explain_url
from liveform.explain import RULES, Severity
from liveform.parameters.guesses import guessed, probably_meant
from liveform.parameters.lookup import vendor_table

BASE = "https://form.argosidentity.com"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
SECRET = Project("abc123de45", key=KEY, cipher="gcm")


def url_with(**parameters: str) -> str:
    """Return a form URL with these plain parameters beside the pid."""
    return f"{BASE}/?{urlencode({'pid': 'abc123de45', **parameters})}"


def rules_of(explanation: Explanation) -> list[tuple[str, str | None]]:
    """Return the rule and the parameter of each finding."""
    return [(finding.rule.name, finding.name) for finding in explanation.findings]


@pytest.mark.parametrize(
    "name", ["userId", "customUserId", "custom_user_id", "UserID", "user-id", "uid", "memberId"]
)
def test_guessed_name_is_told_with_the_right_one(name: str) -> None:  # R4
    """A name that people guess for userid is ignored, and the right one suggested, as by ``form_url``."""
    explanation = explain_url(url_with(**{name: "u"}))
    (ignored,) = explanation.ignored
    assert ignored.why.endswith("did you mean userid?")
    assert rules_of(explanation) == [("guessed-name", name)]
    with pytest.raises(LiveformError, match=r"did you mean userid\?"):
        Project("abc123de45").form_url({name: "u"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("emailAddress", "email"),
        ("language", "lang"),
        ("customField2", "cf2"),
        ("countries", "allowedCountries"),
        ("allowed_countries", "allowedCountries"),
        ("expiresAt", "startValidUntil"),
        ("projectId", "pid"),
        ("encryptedData", "encrypted"),
        ("PID", "pid"),
        ("submission_id", "sid"),
        ("emial", "email"),
        ("amp;userid", "&userid"),
    ],
)
def test_other_guesses_are_told_with_the_right_one(name: str, meant: str) -> None:  # R4
    """The usual guesses for other parameters, and mistyped names, are told as well."""
    (ignored,) = explain_url(url_with(**{name: "x"})).ignored
    assert ignored.why.endswith(f"did you mean {meant}?")


@pytest.mark.parametrize("name", ["tokenId", "token", "token_id", "TokenID"])
def test_token_id_under_another_name_is_told_with_the_right_one(name: str) -> None:  # R4
    """The token id is called tokenid in a plain URL, and nothing else."""
    explanation = explain_url(url_with(**{name: "token-0001"}))
    assert "tokenid" in explanation.ignored[0].why
    assert rules_of(explanation) == [("token-name", name)]


@pytest.mark.parametrize("name", ["returnUrl", "redirect_uri", "callback"])
def test_return_url_in_a_form_url_is_told_to_be_set_elsewhere(name: str) -> None:
    """The Return URL is not a parameter: the dashboard has it."""
    (ignored,) = explain_url(url_with(**{name: "https://app.example.com"})).ignored
    assert ignored.why.endswith("the Return URL is set in the dashboard")


@pytest.mark.parametrize(
    "address",
    [
        "https://form.argosidentity.com:443/",
        "https://form.argosidentity.com:/",
        "https://form.argosidentity.com",
        "HTTPS://FORM.ArgosIdentity.com:443",
        "https://form.argosidentity.com/./",
        "https://form.argosidentity.com/a/../",
        "https://form.argosidentity.com/a/..",
        "https://form.argosidentity.com/../.",
        "https://form.argosidentity.com:443/%6Bnowledge",
    ],
)
def test_address_in_another_spelling_is_the_same(address: str) -> None:  # R5
    """A default port, capitals, dots and needless escapes make no other address (RFC 3986 section 6.2)."""
    assert explain_url(f"{address}?pid=abc").problems == ()


@pytest.mark.parametrize(
    "address",
    [
        "https://form.argosidentity.com:444/",
        "https://form.argosidentity.com:80/",
        "http://form.argosidentity.com/",
        "http://form.argosidentity.com:443/",
        "https://user@form.argosidentity.com/",
        "https://form.argosidentity.com/KNOWLEDGE",
        "https://form.argosidentity.com/knowledge/",
        "https://form.argosidentity.com.evil.example/",
        "https://form.argosidentity.com%2F/",
    ],
)
def test_address_that_is_another_is_a_problem(address: str) -> None:  # R5
    """Another port, scheme, user or path is another address."""
    explanation = explain_url(f"{address}?pid=abc")
    assert rules_of(explanation) == [("wrong-address", None)]


def test_own_urls_are_clean_but_for_what_is_plain() -> None:
    """Of a URL that liveform built, nothing is wrong; without the key, ``encrypted`` stays closed."""
    explanation = explain_url(SECRET.form_url(userid="u", lang="ko"))
    assert (explanation.problems, explanation.ignored) == ((), ())
    assert rules_of(explanation) == [("not-opened", "encrypted")]
    face = Project("p", face_auth_pid="face000001", face_auth_key=KEY).face_auth_url(sid="s1")
    assert explain_url(face).pipeline is Pipeline.FACE_AUTH
    assert explain_url(face).problems == ()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            url_with(email="a@b.c", userid="u"),
            [("plain-personal-data", "email"), ("plain-personal-data", "userid")],
        ),
        (url_with(cf1="x"), [("plain-custom-field", "cf1")]),
        (
            f"{BASE}/?pid=p&email=jane+kyc@example.com",
            [
                ("wrong-value", "email"),
                ("plain-personal-data", "email"),
                ("unescaped-plus", "email"),
            ],
        ),
        (
            f"{BASE}/?pid=p&encrypted=QUFB+QUFB",
            [("unescaped-plus", "encrypted"), ("not-opened", "encrypted")],
        ),
        (
            f"{BASE}/?pid=p&encrypted=QUFB%2BQUFB&email=a%40b.c",
            [
                ("not-opened", "encrypted"),
                ("plain-personal-data", "email"),
                ("encrypted-mix", None),
            ],
        ),
        (url_with(allowedCountries="KOR"), [("must-be-encrypted", "allowedCountries")]),
        (url_with(knowledgeField="skip"), [("other-form", "knowledgeField")]),
        (url_with(apiKey="x"), [("key-in-url", "apiKey"), ("unknown-name", "apiKey")]),
        (url_with(utm_source="x"), [("unknown-name", "utm_source")]),
        (f"{BASE}/?userid=u", [("missing-pid", None), ("plain-personal-data", "userid")]),
        (url_with(action="addveri"), [("missing-sid", None)]),
    ],
)
def test_finding_has_its_rule(url: str, found: list[tuple[str, str | None]]) -> None:
    """Each kind of mistake has a rule, and names the parameter."""
    assert rules_of(explain_url(url)) == found


@pytest.mark.parametrize("vector", load_vectors("node-samples")[:3], ids=lambda vector: vector["name"])
def test_encrypted_that_node_wrote_is_named(vector: dict[str, str]) -> None:  # R3
    """A JSON object of IV and ciphertext in ``encrypted`` is named without any key."""
    explanation = explain_url(url_with(encrypted=vector["sample"]))
    assert rules_of(explanation) == [("foreign-encryption", "encrypted")]
    assert "as programs for Node and CryptoJS write it" in explanation.problems[0]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("U2FsdGVkX18BAgMEBQYHCLbjq72jjggsicbZGQjxvdE=", "foreign-encryption"),
        ('{"userid":"u"}', "not-encrypted"),
        ("eyJ1c2VyaWQiOiJ1c2VyXzEyMzQ1In0=", "not-encrypted"),
        ("eyJ1c2VyaWQiOiJ1c2VyXzEyMzQ1In0", "not-encrypted"),
        ("{", "not-opened"),
        ("AAAA", "not-opened"),
    ],
)
def test_encrypted_that_cannot_be_right_is_named(text: str, rule: str) -> None:
    """What is not encrypted, or in CryptoJS's form, needs no key to be told."""
    assert rules_of(explain_url(url_with(encrypted=text))) == [(rule, "encrypted")]


def test_text_shows_warnings_and_what_could_not_be_opened() -> None:
    """The page ends with warnings and what could not be opened; other notes are left out."""
    text = explain_url(f"{BASE}/?pid=p&encrypted=AAAA&email=a%40b.c&cf1=x").to_text()
    assert [line.split()[0] for line in text.splitlines()] == [
        "pipeline",
        "pid",
        "seen",
        "seen",
        "note",
        "warning",
        "warning",
    ]


@pytest.mark.parametrize("url", ["", "not a url", "pid=a", "https://[::1?pid=a", 7, None, "x" * 70_000])
def test_what_is_no_url_is_malformed(url: str) -> None:
    """Text without an address and other things are refused."""
    with pytest.raises(MalformedError):
        explain_url(url)


CANARY = "canary-4f1c"


@given(
    st.sampled_from(
        [*(row.plain_name for row in vendor_table().rows), "userId", "apiKey", "encrypted", "pid"]
    )
)
def test_findings_show_no_value(name: str) -> None:
    """No finding, problem or reason shows a value of the URL."""
    explanation = explain_url(f"{BASE}/?{name}={CANARY}+{CANARY}%20{CANARY}&{name}={CANARY}")
    said = [*explanation.problems, *(each.why for each in explanation.ignored), repr(explanation.seen)]
    said += [str(finding.as_data()) for finding in explanation.findings]
    assert explanation.findings
    assert not [text for text in said if CANARY in text]


@given(
    st.text(max_size=200).map(lambda text: f"{BASE}/?{text}")
    | st.text(max_size=60).map(lambda text: f"x://{text}")
)
def test_any_url_raises_only_liveform_errors(url: str) -> None:
    """Any text behind a scheme is explained, or refused within the error tree."""
    try:
        assert isinstance(explain_url(url).to_text(), str)
    except LiveformError:
        return


def test_rules_have_ids_of_their_own() -> None:
    """Each rule has an id and a name of its own, a sentence and a repair."""
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.id[:2] == "LF" and len(rule.id) == 5 and rule.id[2:].isdigit() for rule in RULES)
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)
    assert all(rule.about.endswith(".") and rule.repair.endswith(".") for rule in RULES)
    assert {rule.severity for rule in RULES} == set(Severity)


@pytest.mark.parametrize(
    ("name", "vendor", "meant"),
    [
        ("customUserId", False, "userid"),
        ("country", True, "allowedCountries"),
        ("country", False, "allowed_countries"),
        ("projectId", True, "pid"),
        ("projectId", False, None),
        ("zzzzzz", True, None),
    ],
)
def test_guess_is_a_vendor_name_or_an_argument(name: str, vendor: bool, meant: str | None) -> None:
    """A guess leads to the kind of name that the caller uses; what the project sets is not an argument."""
    assert probably_meant(vendor_table(), name, vendor=vendor) == meant


def test_every_guess_is_of_a_parameter() -> None:
    """The list of guesses names parameters that there are."""
    assert guessed(vendor_table(), "uid") is vendor_table().by_name("userid")
    for name in ("lang", "cf3", "tokenids", "agelimit", "doctype", "blacklist", "enc", "exp"):
        assert guessed(vendor_table(), name) is not None
    assert quote(str(guessed(vendor_table(), "project"))) == "pid"


@pytest.mark.parametrize("tail", ["#?pid=abc", "#pid=abc", "#/?pid=abc", "?pid=abc&cf1=a#1", "?pid=abc#top"])
def test_what_is_behind_a_hash_is_told_not_to_be_sent(tail: str) -> None:
    """A browser sends nothing that is behind a ``#``, neither parameters nor the rest of a value."""
    explanation = explain_url(f"{BASE}/{tail}")
    (found,) = [finding for finding in explanation.findings if finding.rule.name == "fragment"]
    assert (
        found.message == "what is behind the # is not sent; put parameters behind ?, and write %23 in a value"
    )
    assert ("missing-pid", None) in rules_of(explanation) or "?pid=abc" in tail.partition("#")[0]
    assert f"warning   {found.message}" in explanation.to_text()


def test_hash_with_nothing_behind_it_is_no_finding() -> None:
    """A ``#`` at the end loses nothing."""
    assert rules_of(explain_url(f"{BASE}/?pid=abc#")) == []


@pytest.mark.parametrize("frame", ["<{}>", '"{}"', " {} ", "{}\n", "\r\n<{}>\r\n"])
def test_url_is_explained_without_what_mailers_put_around_it(frame: str) -> None:
    """A URL is read without the white space, quotes or angle brackets around it (RFC 3986 appendix C)."""
    url = url_with(cf1="x", lang="ko")
    assert explain_url(frame.format(url)) == explain_url(url)
    assert SECRET.explain(frame.format(url)) == SECRET.explain(url)


@pytest.mark.parametrize("frame", ["{}", '"{}"', '"{}",'])
def test_url_copied_out_of_json_is_explained_without_its_escapes(frame: str) -> None:
    """Slashes and ampersands that JSON has escaped are read as what they are; no URL has a backslash."""
    url = url_with(cf1="x", lang="ko")
    escaped = url.replace("/", r"\/").replace("&", r"\u0026")
    assert explain_url(frame.format(escaped)) == explain_url(url)
    with pytest.raises(MalformedError, match="must be a URL"):
        explain_url(r"https:\\form.argosidentity.com")


@pytest.mark.parametrize("frame", ["{}", "<{}>", "'{}'", '"{}\\q"'])
def test_backslash_in_a_url_is_a_sign_like_others(frame: str) -> None:
    """The name of a Windows account or a path is shown as it is written: nothing says that it is JSON."""
    explanation = explain_url(frame.format(rf"{BASE}/?pid=abc123de45&cf1=CORP\nina&cf2=C:\temp\u0041"))
    assert explanation.problems == ()
    assert explanation.seen[0].value == r"CORP\nina"
    assert str(explanation.seen[1].value).startswith(r"C:\temp\u0041")


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        (rf'"{BASE}/?pid=abc123de45&cf1=CORP\\nina"', r"CORP\nina"),
        (rf'"{BASE}/?pid=abc123de45\u0026cf1=CORP\\nina"', r"CORP\nina"),
        (rf"{BASE}/?pid=abc123de45\u0026cf1=CORP\\nina", r"CORP\nina"),
        (r"https:\/\/form.argosidentity.com\/?pid=abc123de45&cf1=CORP\\nina", r"CORP\nina"),
        (r"\"https:\/\/form.argosidentity.com\/?pid=abc123de45&cf1=a\"", "a"),
        (r'"\"https:\\/\\/form.argosidentity.com\\/?pid=abc123de45&cf1=a\"",', "a"),
        (r"https:\\/\\/form.argosidentity.com\\/?pid=abc123de45&cf1=a", "a"),
        (r"'https:\/\/form.argosidentity.com\/?pid=abc123de45&cf1=a';", "a"),
    ],
)
def test_escape_of_a_backslash_in_json_is_one_backslash(pasted: str, value: str) -> None:
    """Where quotes, slashes or ampersands are those of JSON, so are the backslashes of values."""
    explanation = explain_url(pasted)
    assert ([seen.value for seen in explanation.seen], explanation.problems) == ([value], ())


@pytest.mark.parametrize(
    "pasted",
    [
        r'"https:\/\/form.argosidentity.com\/?pid=abc123de45&amp;userid=u1"',
        rf'"{BASE}/?pid=abc123de45&amp;userid=u1"',
        f"“{BASE}/?pid=abc123de45&amp;userid=u1”",
    ],
)
def test_entity_in_a_url_of_json_is_a_fault(pasted: str) -> None:
    """JSON leaves ``&amp;`` as it is, so whoever reads it gets a URL in which a parameter has no effect."""
    (ignored,) = explain_url(pasted).ignored
    assert ignored.why == "&amp; is for HTML alone; did you mean &userid?"


def test_link_of_html_is_explained_by_what_its_reader_gets() -> None:
    """In the attribute of a link, ``&amp;`` is an ampersand."""
    url = url_with(cf1="x", lang="ko")
    link = f'<a class="x" href="{url.replace("&", "&amp;")}">here</a>'
    assert explain_url(link) == explain_url(url) == explain_url(link.replace('"', r"\"").replace("/", r"\/"))


@pytest.mark.parametrize(
    "frame",
    [
        *("“{}”", "„{}“", "«{}»", "‘{}’", "'{}'", "`{}`", "「{}」", "<URL:{}>", '"{}",', "“{}”."),
        *("\ufeff{}", "\u200b{}\u200b\u200b", "\u202a\u202a{}\u202c", "\u2066“{}”\u2069", "\u00a0{}\n"),
    ],
)
def test_marks_around_a_url_do_not_count(frame: str) -> None:
    """Quotes of word processors, byte order marks and invisible characters around a URL are not its own."""
    url = url_with(lang="ko")
    assert explain_url(frame.format(url)) == explain_url(url)


@pytest.mark.parametrize("value", ["a\u200bb", "a’b", "a”", "a.", "a,", "a;", "(a)"])
def test_marks_inside_a_url_are_shown(value: str) -> None:
    """What is in a value is a part of it: a browser sends it."""
    (seen,) = explain_url(f"{BASE}/?pid=abc123de45&cf1={value}").seen
    assert seen.value == value
