"""These tests read form URLs by the vendor's rules, one rule in each test."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from liveform import Pipeline, Project
from webhelper.simulator.error_pages import Kind
from webhelper.simulator.findings import Doubt, FormFindings, Why
from webhelper.simulator.form_query import MAX_PARAMETERS, MAX_QUERY_CHARS, query_text, read_query

Read = Callable[..., FormFindings]


@pytest.fixture(scope="module")
def read(projects: dict[str, Project], query: Callable[..., str]) -> Read:
    """Return a reader of queries that it writes itself from their parameters."""

    def call(
        project: str, secret: dict[str, object] | None = None, *, knowledge: bool = False, **plain: str
    ) -> FormFindings:
        return read_query(query(project, secret, **plain), projects=projects, knowledge=knowledge)

    return call


@pytest.fixture(scope="module")
def read_text(projects: dict[str, Project]) -> Callable[[str], FormFindings]:
    """Return a reader of queries that are given as text."""
    return lambda text: read_query(text, projects=projects, knowledge=False)


def seen(findings: FormFindings) -> dict[str, object]:
    """Return the parameters that have an effect, by their names in the URL."""
    return {one.name: one.value for one in findings.understood}


def ignored(findings: FormFindings) -> dict[str, Why]:
    """Return the parameters without effect, each with the reason."""
    return {one.name: one.why for one in findings.ignored}


def notes(findings: FormFindings) -> set[tuple[Doubt, str]]:
    """Return the doubts in which the simulator had to choose."""
    return {tuple(note) for note in findings.notes}  # type: ignore[misc]  # a named pair


def test_read_plain_parameters_are_understood(read: Read) -> None:
    """Parameters that may be plain are understood (QS)."""
    findings = read(
        "plain", userid="u 1", email="a@b", cf1="x", lang="ko", ageLimit="false", tokenid="tok_12345"
    )
    assert set(seen(findings)) == {"userid", "email", "cf1", "lang", "ageLimit", "tokenid"}
    assert (findings.project_name, findings.pipeline) == ("plain", Pipeline.ID_DOCUMENT)
    assert (findings.ignored, findings.not_accepted, findings.notes) == ((), (), ())
    assert (findings.unread, findings.fault) == (None, None)


def test_read_encrypted_parameters_are_understood(read: Read) -> None:
    """Members of ``encrypted`` are understood beside ``lang`` and other plain parameters (ENC)."""
    findings = read(
        "secret", {"userid": "u", "allowedCountries": "USA,KOR", "ageLimit": False}, cf1="x", lang="ko"
    )
    assert [(one.name, one.encrypted) for one in findings.understood] == [
        ("cf1", False),
        ("lang", False),
        ("userid", True),
        ("allowedCountries", True),
        ("ageLimit", True),
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", Kind.PID_MISSING),
        ("userid=u", Kind.PID_MISSING),
        ("pid=", Kind.PID_MISSING),
        ("PID=plain00001", Kind.PID_MISSING),
        ("pid=other", Kind.PID_UNKNOWN),
        ("pid=PLAIN00001", Kind.PID_UNKNOWN),
        ("pid=other&encrypted=AAAA", Kind.PID_UNKNOWN),
        ("pid=plain00001&" + "a" * MAX_QUERY_CHARS, Kind.UNREADABLE),
        ("pid=plain00001" + "&a=1" * MAX_PARAMETERS, Kind.UNREADABLE),
    ],
)
def test_read_without_a_known_pid_is_unread(
    read_text: Callable[[str], FormFindings], text: str, kind: Kind
) -> None:
    """A query without a known pid, or of too many characters or parameters, is not read (INJ)."""
    findings = read_text(text)
    assert (findings.unread, findings.project, findings.understood) == (kind, None, ())


def test_read_pid_inside_encrypted_is_not_a_pid(read_text: Callable[[str], FormFindings], query: Any) -> None:
    """A pid inside ``encrypted`` does not count, because pid must be plain (DP)."""
    assert read_text(query("secret", {"pid": "secret0001"}).split("&")[1]).unread is Kind.PID_MISSING


@pytest.mark.parametrize("name", ["pid", "lang", "encrypted"])
def test_read_always_plain_parameter_inside_encrypted_is_ignored(read: Read, name: str) -> None:
    """pid, lang and encrypted have no effect inside ``encrypted`` (DP, ENC)."""
    assert ignored(read("secret", {name: "ko"})) == {name: Why.MUST_BE_PLAIN}


def test_read_encryption_only_mode_hears_nothing_else_in_plain(read: Read) -> None:
    """Encryption-only mode ignores plain parameters other than pid, encrypted and lang (DP)."""
    findings = read(
        "only", {"userid": "u"}, email="a@b", userid="v", action="addveri", sid="s", x="1", lang="ko"
    )
    assert seen(findings) == {"lang": "ko", "userid": "u"}
    assert ignored(findings) == dict.fromkeys(("email", "userid", "action", "sid", "x"), Why.ENCRYPTION_ONLY)
    assert findings.pipeline is Pipeline.ID_DOCUMENT
    assert findings.notes == ()


@pytest.mark.parametrize("name", ["allowedCountries", "auxidField", "startValidUntil", "projectionName"])
def test_read_must_encrypt_parameter_in_plain_is_ignored(read: Read, name: str) -> None:
    """A parameter that must be encrypted has no effect in plain (QS)."""
    findings = read("secret", **{name: "2020-01-01T00:00:00Z"})
    assert ignored(findings) == {name: Why.MUST_ENCRYPT}
    assert findings.values == {}


@pytest.mark.parametrize("name", ["knowledgeField", "knowledgePrefill"])
def test_read_knowledge_parameter_belongs_to_the_knowledge_address(read: Read, name: str) -> None:
    """A Knowledge parameter has an effect at the Knowledge form's address only (QS, GUIDE)."""
    assert seen(read("secret", {name: "skip"}, knowledge=True)) == {name: "skip"}
    assert ignored(read("secret", {name: "skip"})) == {name: Why.OTHER_FORM}


@pytest.mark.parametrize("name", ["approvePeriod", "rejectPeriod"])
def test_read_period_switches_do_nothing_on_knowledge(read: Read, name: str) -> None:
    """approvePeriod and rejectPeriod have no effect on the Knowledge form (QS)."""
    assert seen(read("plain", **{name: "false"})) == {name: "false"}
    assert ignored(read("plain", knowledge=True, **{name: "false"})) == {name: Why.OTHER_FORM}


@pytest.mark.parametrize(
    ("secret", "plain", "wrong", "right"),
    [
        (None, {"token": "tok_12345"}, "token", "tokenid"),
        (None, {"tokenId": "tok_12345"}, "tokenId", "tokenid"),
        ({"tokenid": "tok_12345"}, {}, "tokenid", "token"),
        ({"tokenId": "tok_12345"}, {}, "tokenId", "token"),
    ],
)
def test_read_token_id_has_two_names(
    read: Read, secret: dict[str, object] | None, plain: dict[str, str], wrong: str, right: str
) -> None:
    """The token id is called tokenid in plain (GUIDE) and token inside ``encrypted`` (ENC)."""
    (one,) = read("secret", secret, **plain).ignored
    assert (one.name, one.why, one.detail) == (wrong, Why.OTHER_NAME, right)


@pytest.mark.parametrize("name", ["usrid", "Userid", "user_id", "", "age_limit", "한국"])
def test_read_unknown_parameter_is_ignored(read: Read, name: str) -> None:
    """A parameter in another spelling than the vendor's is ignored, even Python's argument name."""
    assert ignored(read("secret", {name: "u"}, **{name: "u"})) == {name: Why.UNKNOWN}


@pytest.mark.parametrize("name", ["blacklistCountries", "approvePeriod", "rejectPeriod", "ageLimit"])
@pytest.mark.parametrize("value", ["true", "False", "0", ""])
def test_read_only_false_parameter_with_another_value_is_not_accepted(
    read: Read, name: str, value: str
) -> None:
    """A switch with a value other than false is not accepted (QS) and causes no fault, as we guess."""
    for findings in (read("plain", **{name: value}), read("secret", {name: value})):
        assert [one.name for one in findings.not_accepted] == [name]
        assert (findings.understood, findings.fault) == ((), None)


def test_read_reject_duplicate_user_takes_both(read: Read) -> None:
    """rejectDuplicateUser accepts both true and false (QS)."""
    assert seen(read("secret", {"rejectDuplicateUser": True})) == {"rejectDuplicateUser": True}
    assert seen(read("plain", rejectDuplicateUser="false")) == {"rejectDuplicateUser": "false"}


@pytest.mark.parametrize("other", ["selectedIssuingCountry", "selectedIdType"])
def test_read_auxid_field_with_a_selection_is_a_conflict(read: Read, other: str) -> None:
    """auxidField conflicts with selectedIssuingCountry and selectedIdType (QS)."""
    assert read("secret", {"auxidField": {"a": 1}, other: "KOR"}).fault is Kind.CONFLICT
    assert read("secret", {"auxidField": {"a": 1}}).fault is None
    assert read("secret", {other: "KOR"}).fault is None


def test_read_conflict_with_an_ignored_parameter_is_none(read: Read) -> None:
    """An ignored parameter does not conflict with auxidField."""
    assert read("secret", {"auxidField": {"a": 1}}, selectedIdType="passport").fault is None


@pytest.mark.parametrize(
    "text", ["AAAA", "", "x", "%00", "a b", "\ufffd", "A" * 3000, "eyJ1c2VyaWQiOiJ1In0=", "[]"]
)
@pytest.mark.parametrize("project", ["plain", "secret", "only"])
def test_read_encrypted_that_does_not_open_is_unread(read: Read, project: str, text: str) -> None:
    """A query whose ``encrypted`` does not open is not read, with or without a key."""
    assert read(project, encrypted=text).unread is Kind.UNOPENED


def test_read_encrypted_of_another_project_is_unread(read: Read, projects: dict[str, Project]) -> None:
    """An ``encrypted`` of another project's key and cipher does not open."""
    assert read("only", encrypted=projects["secret"].encrypt({"userid": "u"})).unread is Kind.UNOPENED


def test_read_encrypted_with_an_unescaped_plus_is_unread(
    read_text: Callable[[str], FormFindings], projects: dict[str, Project]
) -> None:
    """An ``encrypted`` with an unescaped plus, or escaped twice, does not open (QS)."""
    project = projects["secret"]
    text = next(text for text in (project.encrypt({"cf1": "x"}) for _ in range(1000)) if "+" in text)
    assert read_text(f"pid={project.pid}&encrypted={text}").unread is Kind.UNOPENED
    assert read_text(f"pid={project.pid}&encrypted={quote(text, safe='')}").unread is None
    assert read_text(f"pid={project.pid}&encrypted={quote(quote(text, safe=''))}").unread is Kind.UNOPENED


@pytest.mark.parametrize("fields", [{"cf1": "1"}, {"lang": "ko", "cf2": "2"}])
def test_read_plain_injection(read: Read, fields: dict[str, str]) -> None:
    """A plain query with sid and action=addveri is an injection (INJ)."""
    findings = read("plain", sid="s1", action="addveri", **fields)
    assert findings.pipeline is Pipeline.INJECTION
    assert seen(findings) == {"sid": "s1", "action": "addveri", **fields}
    assert (findings.fault, findings.notes) == (None, ())


@pytest.mark.parametrize("project", ["secret", "only"])
def test_read_encrypted_injection(read: Read, project: str) -> None:
    """A query with sid and action inside ``encrypted`` is an injection (INJ)."""
    members: dict[str, object] = {"sid": "s", "action": "addveri", "userid": "u", "ipRiskCategory": "vpn"}
    findings = read(project, members)
    assert (findings.pipeline, seen(findings), findings.fault) == (Pipeline.INJECTION, members, None)


def test_read_injection_mix_ignores_encrypted(read: Read) -> None:
    """A plain injection ignores ``encrypted`` and does not even open it (INJ)."""
    for secret in ({"userid": "u", "startValidUntil": "2020-01-01T00:00:00Z"}, None):
        beside = {} if secret else {"encrypted": "AAAA"}
        findings = read("secret", secret, sid="s1", action="addveri", **beside)
        assert seen(findings) == {"sid": "s1", "action": "addveri"}
        assert ignored(findings) == {"encrypted": Why.PLAIN_INJECTION}
        assert (findings.pipeline, findings.unread) == (Pipeline.INJECTION, None)


@pytest.mark.parametrize("name", ["userid", "ipRiskCategory"])
def test_read_injection_personal_parameter_in_plain_is_ignored(read: Read, name: str) -> None:
    """A plain injection ignores userid and ipRiskCategory, which must be encrypted (INJ)."""
    findings = read("plain", sid="s1", action="addveri", **{name: "vpn"})
    assert ignored(findings) == {name: Why.MUST_ENCRYPT}


@pytest.mark.parametrize("secret", [None, {"action": "addveri"}, {"action": "addveri", "sid": ""}])
def test_read_injection_without_sid_is_a_fault(read: Read, secret: dict[str, object] | None) -> None:
    """An injection without a sid is a fault (INJ)."""
    plain = {} if secret else {"action": "addveri"}
    assert read("secret", secret, **plain).fault is Kind.SID_MISSING


@pytest.mark.parametrize("action", ["delete", "ADDVERI", "", "addveri "])
def test_read_another_action_is_not_a_injection(read: Read, action: str) -> None:
    """An action other than addveri opens the ID-document form and is ignored (INJ)."""
    findings = read("plain", sid="s1", action=action, email="a@b")
    assert findings.pipeline is Pipeline.ID_DOCUMENT
    assert ignored(findings) == dict.fromkeys(("sid", "action"), Why.OTHER_FORM)


def test_read_split_injection_is_noted(read: Read) -> None:
    """A plain action with an encrypted sid is an injection with a note, as it is not documented."""
    findings = read("secret", {"sid": "s1"}, action="addveri")
    assert (findings.pipeline, findings.fault) == (Pipeline.INJECTION, None)
    assert notes(findings) == {(Doubt.SPLIT_INJECTION, "sid")}


def test_read_injection_at_the_knowledge_address_is_noted(read: Read) -> None:
    """An injection at the Knowledge form's address gets a note, as it is not documented."""
    findings = read("plain", sid="s1", action="addveri", knowledge=True)
    assert notes(findings) == {(Doubt.KNOWLEDGE_INJECTION, "action")}


def test_read_parameter_given_twice_is_noted(read_text: Callable[[str], FormFindings]) -> None:
    """The first value of a repeated parameter counts, and a note says so."""
    findings = read_text("cf1=a&pid=plain00001&cf1=b&cf1=c&pid=other")
    assert seen(findings) == {"cf1": "a"}
    assert notes(findings) == {(Doubt.GIVEN_TWICE, "cf1"), (Doubt.GIVEN_TWICE, "pid")}


@pytest.mark.parametrize(
    ("inside", "beside", "name"), [("userid", "userid", "userid"), ("token", "tokenid", "tokenId")]
)
def test_read_parameter_in_both_places_is_noted(read: Read, inside: str, beside: str, name: str) -> None:
    """The encrypted value of a parameter in both places counts, and a note says so."""
    findings = read("secret", {inside: "encrypted1"}, **{beside: "plain12345"})
    assert notes(findings) == {(Doubt.BOTH_PLACES, name)}
    assert list(findings.values.values()) == ["encrypted1"]


def test_read_instant_with_an_offset_is_noted(read: Read) -> None:
    """An instant with an offset gets a note, because it is read as UTC (QS 2026-04)."""
    findings = read("secret", {"startValidUntil": "2030-01-01T00:00:00+09:00"})
    assert notes(findings) == {(Doubt.OTHER_OFFSET, "startValidUntil")}


def test_read_values_are_decoded_as_a_browser_does(read_text: Callable[[str], FormFindings]) -> None:
    """A plus is read as a space, and bytes that are not UTF-8 become U+FFFD."""
    assert seen(read_text("pid=plain00001&cf1=a+b%2Bc&cf2=%ff")) == {"cf1": "a b+c", "cf2": "\ufffd"}


def test_reading_repr_shows_no_values(read: Read) -> None:
    """The repr of findings shows no values, because it may end up in a log."""
    findings = read("secret", {"email": "jane@example.com", "jane": "1"}, userid="jane")
    parts = [findings, *findings.understood, *findings.ignored, *findings.not_accepted, *findings.notes]
    assert {type(one).__name__ for one in parts} >= {"FormFindings", "Understood", "Ignored"}
    assert "jane" not in repr(parts)


def test_query_text_says_the_same_in_ascii() -> None:
    """The text of a query keeps its escapes and escapes all other bytes."""
    assert query_text(b'pid=a&cf1=%2B+%zz\xff\x00\xed\x95\x9c"<>') == (
        "pid=a&cf1=%2B+%zz%FF%00%ED%95%9C%22%3C%3E"
    )
