"""Tests of ``url``, ``knowledge`` and ``inject``, with an option for each parameter of the table."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from commands import Command

from liveform import PARAMETERS, Parameter, Pipeline, Place, Project

PID = "abc123de45"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PLAIN = {"PID": PID}
SECRET = {"PID": PID, "KEY": KEY, "CIPHER": "gcm", "FACE_AUTH_PID": PID, "FACE_AUTH_KEY": KEY}
COMMANDS = {
    Pipeline.ID_DOCUMENT: "url",
    Pipeline.KNOWLEDGE: "knowledge",
    Pipeline.INJECTION: "inject",
    Pipeline.FACE_AUTH: "face-auth-url",
}

# A value that each rule takes, and what the vendor reads of it.
SAMPLES: dict[str, tuple[str, Any]] = {
    "email": ("jane@example.com", "jane@example.com"),
    "lang": ("ko", "ko"),
    "token_id": ("token-0001", "token-0001"),
    "start_valid_until": ("2999-01-01T09:00:00+09:00", "2999-01-01T00:00:00Z"),
    "reject_duplicate_user": ("true", True),
    "blacklist_countries": ("false", False),
    "age_limit": ("false", False),
    "approve_period": ("false", False),
    "reject_period": ("false", False),
    "projection_name": ("no_address", "no_address"),
    "allowed_countries": ("USA,KOR", "USA,KOR"),
    "allowed_id_types": ("passport,id_card", "passport,id_card"),
    "allowed_document_fields": ("name,birth", "name,birth"),
    "selected_issuing_country": ("KOR", "KOR"),
    "auxid_field": ('{"phoneNumber": "010"}', {"phoneNumber": "010"}),
    "knowledge_field": ("skip", "skip"),
    "knowledge_prefill": (' {"name": {"first": "제인"}}', {"name": {"first": "제인"}}),
    "action": ("addveri", "addveri"),
    "ip_risk_category": ("vpn,tor", "vpn,tor"),
    "ip_risk_duration_hours": ("24", 24),
    "distance_check_source": ("ipGeo", "ipGeo"),
    "distance_max_distance_km": ("10", 10),
}
ROWS = {row.name: row for row in PARAMETERS}
PLACES = [
    pytest.param(row, pipeline, id=f"{COMMANDS[pipeline]} {row.name}")
    for row in PARAMETERS
    for pipeline in row.places
]


def option(row: Parameter) -> str:
    """Return the name of the option for a parameter."""
    return "--" + row.name.replace("_", "-")


def sample(row: Parameter) -> tuple[str, Any]:
    """Return a value for the parameter's option, and what the URL should hold of it."""
    return SAMPLES.get(row.name, ("some text 한국 &=+", "some text 한국 &=+"))


def needed(pipeline: Pipeline, row: Parameter) -> list[str]:
    """Return the options that a form or a parameter needs beside the parameter's own."""
    words = ["--sid", "sid1"] if row.name != "sid" and pipeline in ROWS["sid"].places else []
    for name in row.requires:
        words += [option(ROWS[name]), sample(ROWS[name])[0]]
    return words


def members(url: str) -> dict[str, Any]:
    """Return the plain parameters of a URL together with the members of its ``encrypted``."""
    plain: dict[str, Any] = dict(parse_qsl(urlsplit(url).query, strict_parsing=True))
    text = plain.pop("encrypted", None)
    assert plain.pop("pid") == PID
    inside = Project(PID, key=KEY, cipher="gcm").decrypt(text) if text is not None else {}
    assert not plain.keys() & inside.keys()
    return plain | inside


@pytest.mark.parametrize(("row", "pipeline"), PLACES)
def test_parameter_as_option_stands_in_the_url(row: Parameter, pipeline: Pipeline, liveform: Command) -> None:
    """Each parameter has an option in each command of its pipelines, and its value is in the URL."""
    text, value = sample(row)
    answer = liveform(COMMANDS[pipeline], *needed(pipeline, row), option(row), text, **SECRET)
    assert (answer.code, answer.err) == (0, "")
    name = row.plain_name if row.places[pipeline] is Place.PLAIN else row.encrypted_name
    assert members(answer.out.strip())[name] == value


@pytest.mark.parametrize(("row", "pipeline"), PLACES)
def test_parameter_in_plain_stands_there_or_is_refused(
    row: Parameter, pipeline: Pipeline, liveform: Command
) -> None:
    """``--plain`` writes a parameter plain, or refuses it by name if it must be encrypted."""
    text, value = sample(row)
    answer = liveform(COMMANDS[pipeline], "--plain", *needed(pipeline, row), option(row), text, **SECRET)
    if pipeline is Pipeline.FACE_AUTH:  # which is never plain
        assert (answer.code, answer.out) == (2, "")
        assert "unrecognized arguments --plain" in answer.err
    elif row.places[pipeline] is Place.ENCRYPTED:
        assert (answer.code, answer.out) == (2, "")
        assert "must be encrypted" in answer.err
    else:
        written = {True: "true", False: "false"}.get(value, value)
        assert answer.code == 0
        assert dict(parse_qsl(urlsplit(answer.out.strip()).query))[row.plain_name] == written


@pytest.mark.parametrize("pipeline", Pipeline)
def test_parameter_of_another_form_is_no_option(pipeline: Pipeline, liveform: Command) -> None:
    """A command refuses the option of a parameter that its form does not have."""
    foreign = [row for row in PARAMETERS if pipeline not in row.places]
    answers = [liveform(COMMANDS[pipeline], option(row), sample(row)[0], **SECRET) for row in foreign]
    assert foreign
    assert {answer.code for answer in answers} == {2}
    assert all(option(row) in answer.err for row, answer in zip(foreign, answers, strict=True))


@pytest.mark.parametrize(
    ("command", "start"),
    [
        ("url", "https://form.argosidentity.com/?pid=abc123de45"),
        ("knowledge", "https://form.argosidentity.com/knowledge?pid=abc123de45"),
        ("inject", "https://form.argosidentity.com/?pid=abc123de45"),
    ],
)
def test_url_of_each_command_opens_its_form(command: str, start: str, liveform: Command) -> None:
    """Each command prints one line with the URL of its own form."""
    sid = ["--sid", "sid1"] if command == "inject" else []
    answer = liveform(command, *sid, "--cf1", "a b", **PLAIN)
    assert answer.out.startswith(start)
    assert answer.out.count("\n") == 1
    assert dict(parse_qsl(urlsplit(answer.out.strip()).query))["cf1"] == "a b"


@pytest.mark.parametrize("command", ["url", "knowledge", "inject"])
def test_url_as_json_is_one_object(command: str, liveform: Command) -> None:
    """``--json`` prints the same URL as the member of one object."""
    sid = ["--sid", "sid1"] if command == "inject" else []
    as_text = liveform(command, *sid, "--lang", "ko", **PLAIN).out.strip()
    as_json = liveform(command, *sid, "--lang", "ko", "--json", **PLAIN).out
    assert json.loads(as_json) == {"url": as_text}


def test_line_end_of_a_script_is_no_part_of_a_value(liveform: Command) -> None:
    """A script saved with CR LF leaves a carriage return behind a value, which is refused."""
    answer = liveform("url", "--userid", "u1\r", PID=PID)
    assert answer.code == 2
    assert answer.err.startswith("liveform: --userid: ends with a carriage return")


def test_inject_without_sid_is_refused(liveform: Command) -> None:
    """``inject`` without ``--sid`` ends with exit code 2 and names the sid."""
    answer = liveform("inject", "--cf1", "a", **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert "sid" in answer.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--ip-risk-duration-hours", "24"], "--ip-risk-duration-hours: needs ip_risk_category beside it"),
        (["--distance-check-source", "ipGeo"], "--distance-check-source: needs distance_max_distance_km"),
        (["--distance-max-distance-km", "3"], "--distance-max-distance-km: needs distance_check_source"),
    ],
)
def test_inject_without_what_a_parameter_needs_is_refused(
    words: list[str], problem: str, liveform: Command
) -> None:
    """A parameter without the one that it needs ends with exit code 2, and the error says what to add."""
    answer = liveform("inject", "--sid", "sid1", *words, **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert problem in answer.err


def test_face_auth_needs_its_own_id_and_key_alone(liveform: Command) -> None:
    """``face-auth-url`` needs the add-on's id and key, and neither id nor key of the project."""
    answer = liveform("face-auth-url", "--sid", "sid1", FACE_AUTH_PID="face000001", FACE_AUTH_KEY=KEY)
    assert answer.out.startswith("https://form.argosidentity.com/face-auth?pid=face000001&encrypted=")
    answer = liveform("face-auth-url", "--sid", "sid1", **PLAIN)
    assert (answer.code, answer.out) == (2, "")
    assert "face_auth_pid: is needed" in answer.err
    assert "face_auth_key: is needed" in answer.err


def test_face_auth_without_sid_is_refused(liveform: Command) -> None:
    """``face-auth-url`` without ``--sid`` ends with exit code 2 and names the sid."""
    answer = liveform("face-auth-url", "--auth-cf1", "a", **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert "--sid: must be given" in answer.err


def test_inject_adds_its_action(liveform: Command) -> None:
    """``inject`` adds ``action=addveri``, which may also be given."""
    given = liveform("inject", "--sid", "sid1", "--action", "addveri", **PLAIN).out
    assert liveform("inject", "--sid", "sid1", **PLAIN).out == given
    assert "action=addveri" in given


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800), ("1s", 1), ("100000d", 8_640_000_000)],
)
def test_duration_counts_from_now(text: str, seconds: int, liveform: Command) -> None:
    """``--start-valid-until`` accepts a number with s, m, h or d, counted from now."""
    before = datetime.now(UTC).replace(microsecond=0)
    answer = liveform("url", "--start-valid-until", text, **SECRET)
    after = datetime.now(UTC)
    instant = datetime.fromisoformat(members(answer.out.strip())["startValidUntil"])
    assert before <= instant - timedelta(seconds=seconds) <= after


@pytest.mark.parametrize(
    "text",
    ["0s", "15", "m", "15M", "1.5h", "-1h", "1h30m", "15m ", "9999999999d", "999999999d", "soon", "", "१h"],
)
def test_duration_of_another_form_is_refused(text: str, liveform: Command) -> None:
    """A duration of zero, without a unit, in another form or past the year 9999 is refused."""
    answer = liveform("url", f"--start-valid-until={text}", **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("liveform: --start-valid-until: ")


def test_instant_without_time_zone_is_refused(liveform: Command) -> None:  # T5
    """``--start-valid-until`` without a time zone is refused, with advice for who types it."""
    answer = liveform("url", "--start-valid-until", "2999-01-01T12:00:00", **SECRET)
    assert answer.code == 2
    assert "--start-valid-until: has no time zone; write one behind it, as in 2030-" in answer.err
    assert "datetime" not in answer.err


@pytest.mark.parametrize(
    "text", ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"]
)
def test_instant_that_is_past_is_refused(text: str, liveform: Command) -> None:  # T5
    """A URL that could not be started any more is not built."""
    answer = liveform("url", "--start-valid-until", text, **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert "--start-valid-until: is past, so" in answer.err


def test_structure_of_text_goes_out_as_it_is(liveform: Command) -> None:
    """Text that does not begin like a JSON object is sent as it is."""
    answer = liveform("url", "--auxid-field", "phoneNumber", **SECRET)
    assert members(answer.out.strip()) == {"auxidField": "phoneNumber"}


@pytest.mark.parametrize(
    "text", ["{", "{'a': 1}", '{"a": 1, "a": 2}', '{"a": NaN}', '{"a":' * 20 + "1" + "}" * 20]
)
def test_structure_that_is_no_json_is_refused(text: str, liveform: Command) -> None:
    """A structure must be one JSON object with each member once, and not nested too deep."""
    answer = liveform("url", "--auxid-field", text, **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("liveform: --auxid-field: ")
    assert answer.err.count("\n") == 1


def test_structure_that_is_no_json_is_told_by_its_option(liveform: Command) -> None:
    """The error of a broken structure names its option."""
    answer = liveform("knowledge", "--knowledge-prefill", "{", **SECRET)
    assert answer.err.startswith("liveform: --knowledge-prefill: ")


@pytest.mark.parametrize(
    ("option_text", "value"),
    [
        ("--email", "nobody"),
        ("--email", ""),
        ("--lang", "k"),
        ("--token-id", "short"),
        ("--age-limit", "true"),
        ("--reject-duplicate-user", "yes"),
        ("--allowed-countries", "US"),
        ("--allowed-countries", "USA, KR"),
        ("--allowed-countries", "[USA]"),
        ("--userid", "1.5E+10"),
        ("--start-valid-until", "2030-01-01"),
        ("--allowed-countries", ""),
        ("--selected-issuing-country", "kor"),
        ("--projection-name", "No Address"),
        ("--auxid-field", ""),
    ],
)
def test_value_that_breaks_its_rule_is_refused(option_text: str, value: str, liveform: Command) -> None:
    """A value that breaks its rule ends with exit code 2 and one line that names the parameter."""
    answer = liveform("url", option_text, value, **SECRET)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.count("\n") == 1
    assert option_text.lstrip("-").replace("-", "_") in answer.err.replace("-", "_")


@pytest.mark.parametrize(
    ("option_text", "value", "written"),
    [
        ("--age-limit", "False", "&ageLimit=false"),
        ("--age-limit", "FALSE", "&ageLimit=false"),
        ("--reject-duplicate-user", "True", "&rejectDuplicateUser=true"),
    ],
)
def test_value_is_read_as_in_a_cell(option_text: str, value: str, written: str, liveform: Command) -> None:
    """A boolean of an option is read in any case, as in a cell of a table."""  # B1
    assert liveform("url", option_text, value, "--plain", PID="abc123de45").out.endswith(f"{written}\n")


def test_values_in_conflict_are_refused(liveform: Command) -> None:
    """Options for parameters that exclude each other are refused."""
    answer = liveform("url", "--auxid-field", "phoneNumber", "--selected-issuing-country", "KOR", **SECRET)
    assert answer.code == 2
    assert "must not be combined" in answer.err


def test_extra_goes_out_as_it_is(liveform: Command) -> None:
    """``--extra NAME=VALUE`` may be repeated, and its value may be empty or hold ``=``."""
    answer = liveform("url", "--extra", "newOne=a=b", "--extra", "other=", **SECRET)
    assert members(answer.out.strip()) == {"newOne": "a=b", "other": ""}


def test_extra_in_plain_stands_in_the_url(liveform: Command) -> None:
    """A plain extra is percent-encoded in the URL."""
    answer = liveform("url", "--plain", "--extra", "newOne=a&b", **SECRET)
    assert answer.out.strip().endswith("?pid=abc123de45&newOne=a%26b")


KNOWN = "is a known parameter; give it as an argument or in the mapping"
NOT_A_NAME = "extra: names must be printable ASCII"


@pytest.mark.parametrize(
    ("item", "refusal"),
    [
        ("noequals", "--extra: must be NAME=VALUE"),
        ("", "--extra: must be NAME=VALUE"),
        ("=value", NOT_A_NAME),
        ("한=x", NOT_A_NAME),
        ("a b\x1b=x", NOT_A_NAME),
        ("pid=x", f"pid: {KNOWN}"),
        ("encrypted=x", f"encrypted: {KNOWN}"),
        ("email=a@b.c", f"--email: {KNOWN}"),
    ],
)
def test_extra_that_cannot_be_one_is_refused(item: str, refusal: str, liveform: Command) -> None:
    """An extra that is not NAME=VALUE, or has a parameter's name, is refused with its own reason."""
    answer = liveform("url", f"--extra={item}", **SECRET)
    assert (answer.code, answer.out, answer.err) == (2, "", f"liveform: {refusal}\n")


def test_extra_given_twice_is_refused(liveform: Command) -> None:
    """An extra whose name is given twice is refused."""
    answer = liveform("url", "--extra", "newOne=a", "--extra", "newOne=b", **SECRET)
    assert (answer.code, answer.out, answer.err) == (2, "", "liveform: --extra: newOne is given twice\n")


def test_encrypted_parameter_without_key_is_refused(liveform: Command) -> None:
    """A parameter that must be encrypted is refused without a key."""
    answer = liveform("url", "--allowed-countries", "KOR", **PLAIN)
    assert (answer.code, answer.out) == (2, "")
    assert "must be encrypted" in answer.err


def test_encryption_only_refuses_plain(liveform: Command) -> None:
    """``--encryption-only`` writes only pid, encrypted and lang, and refuses ``--plain``."""
    answer = liveform("url", "--encryption-only", "--email", "a@b.c", "--lang", "ko", **SECRET)
    refused = liveform("url", "--encryption-only", "--plain", "--email", "a@b.c", **SECRET)
    assert [name for name, _ in parse_qsl(urlsplit(answer.out.strip()).query)] == ["pid", "encrypted", "lang"]
    assert refused.code == 2
    assert "Encryption-only" in refused.err


def test_error_as_json_is_one_line_with_code_and_message(liveform: Command) -> None:
    """An error with ``--json`` is one line with a fixed code, and does not repeat the value."""
    answer = liveform("url", "--email", "nobody", "--json", **SECRET)
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert json.loads(answer.err)["error"]["code"] == "field_error"
    assert "nobody" not in answer.err
