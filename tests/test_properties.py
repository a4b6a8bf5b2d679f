"""Property tests: any allowed fields survive building, encrypting, opening and explaining a URL."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveform import PARAMETERS, FieldError, LiveformError, Parameter, Pipeline, Place, Project
from liveform.parameters.countries import alpha3
from liveform.parameters.lists import Country, Names
from liveform.parameters.values import Count, Flag, Instant, OnlyFalse, Structure, Text

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PROJECTS = [
    Project(
        "abc123de45",
        key=KEY,
        cipher=cipher,
        encryption_only=only,
        engine=engine,
        face_auth_pid="abc123de45",
        face_auth_key=KEY,
    )
    for cipher in ("ecb", "gcm")
    for only in (False, True)
    for engine in ("cryptography", "pycryptodome")
]
PLAIN = Project("abc123de45")
DOORS = {
    Pipeline.ID_DOCUMENT: "form_url",
    Pipeline.KNOWLEDGE: "knowledge_url",
    Pipeline.INJECTION: "injection_url",
    Pipeline.FACE_AUTH: "face_auth_url",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1000, 1, 3), datetime(9999, 12, 29), timezones=offsets)
short_names = st.from_regex(r"[a-zA-Z_]{1,12}", fullmatch=True)


def values_of(row: Parameter) -> st.SearchStrategy[Any]:
    """Return a strategy of the values that a row of the parameter table allows."""
    rule = row.value
    if isinstance(rule, Text):
        return st.text(min_size=1) if rule.pattern is None else st.from_regex(rule.pattern, fullmatch=True)
    if isinstance(rule, Names):
        one = (
            st.sampled_from(sorted(alpha3()))
            if rule.each
            else st.sampled_from(rule.choices)
            if rule.choices
            else short_names
        )
        return st.lists(one, min_size=1, max_size=5)
    strategies: dict[type, st.SearchStrategy[Any]] = {
        OnlyFalse: st.just(value=False),
        Flag: st.booleans(),
        Count: st.integers(1, 2**53 - 1),
        Country: st.sampled_from(sorted(alpha3())),
        Structure: st.dictionaries(st.text(), json_values, min_size=1, max_size=3),
        Instant: moments,
    }
    return strategies[type(rule)]


def wire(value: Any) -> Any:
    """Return a value as the vendor should read it in a URL."""
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
    return value


def fields_of(pipeline: Pipeline) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy of the fields that may go together on the form of a pipeline."""
    rows = {row.name: values_of(row) for row in PARAMETERS if pipeline in row.places}
    needed = {"sid": rows.pop("sid")} if "sid" in rows else {}

    def without_conflicts(fields: dict[str, Any]) -> dict[str, Any]:
        given = [row for row in PARAMETERS if row.name in fields]
        excluded = {name for row in given for name in row.excludes}
        alone = {row.name for row in given if not fields.keys() >= set(row.requires)}
        return {name: value for name, value in fields.items() if name not in excluded | alone}

    return st.fixed_dictionaries(needed, optional=rows).map(without_conflicts)


@pytest.mark.parametrize("pipeline", Pipeline)
@given(data=st.data())
@settings(max_examples=60)
def test_url_of_any_allowed_fields_is_opened_and_explained_as_given(
    pipeline: Pipeline, data: st.DataObject
) -> None:
    """Any allowed fields come back unchanged from a URL, with both ciphers and both engines."""
    fields = data.draw(fields_of(pipeline))
    project = data.draw(st.sampled_from(PROJECTS))
    url = getattr(project, DOORS[pipeline])(**fields)
    pairs = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True, strict_parsing=True))
    assert list(pairs) == [name for name in ("pid", "encrypted", "lang") if name in pairs]
    members = project.decrypt(pairs["encrypted"]) if "encrypted" in pairs else {}
    expected = {
        (row.plain_name if row.places[pipeline] is Place.PLAIN else row.encrypted_name): wire(
            fields[row.name]
        )
        for row in PARAMETERS
        if row.name in fields
    }
    expected |= {"action": "addveri"} if pipeline is Pipeline.INJECTION else {}
    assert {**members, **({"lang": pairs["lang"]} if "lang" in pairs else {})} == expected
    explanation = project.explain(url)
    assert explanation.pipeline is pipeline
    assert {seen.name: seen.value for seen in explanation.seen} == expected
    assert explanation.ignored == ()
    assert [problem for problem in explanation.problems if "PV-40018" not in problem] == []


@given(fields_of(Pipeline.ID_DOCUMENT))
@settings(max_examples=60)
def test_plain_url_of_any_fields_is_right_or_refused(fields: dict[str, Any]) -> None:
    """Without a key, a field that must be encrypted is refused, and all others are in the URL."""
    rows = {row.name: row for row in PARAMETERS}
    must = [name for name in fields if rows[name].places[Pipeline.ID_DOCUMENT] is Place.ENCRYPTED]
    if must:
        with pytest.raises(FieldError) as caught:
            PLAIN.form_url(**fields)
        assert caught.value.field in must
        return
    pairs = dict(parse_qsl(urlsplit(PLAIN.form_url(**fields)).query, keep_blank_values=True))
    texts = {True: "true", False: "false"}
    assert {name: value for name, value in pairs.items() if name != "pid"} == {
        rows[name].plain_name: texts[value] if isinstance(value, bool) else value
        for name, value in fields.items()
    }


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.lists(st.text())
    | json_values
)
names = st.sampled_from([name for row in PARAMETERS for name in row.vendor_names]) | st.text(max_size=20)


@pytest.mark.parametrize("door", DOORS.values())
@given(data=st.data())
def test_door_with_anything_raises_only_liveform_errors(door: str, data: st.DataObject) -> None:
    """A URL method given any names and values builds a URL or raises a LiveformError."""
    mapping = data.draw(st.none() | st.dictionaries(names, anything, max_size=4))
    arguments = data.draw(
        st.dictionaries(st.sampled_from([row.name for row in PARAMETERS]), anything, max_size=4)
    )
    extra = data.draw(st.none() | st.dictionaries(st.text(max_size=8), anything, max_size=2))
    try:
        url = getattr(PROJECTS[0], door)(mapping, extra=extra, **arguments)
    except LiveformError:
        return
    assert url.startswith("https://form.argosidentity.com/")


@given(st.dictionaries(st.text(), json_values, max_size=6), st.sampled_from(PROJECTS))
def test_encrypt_and_decrypt_are_inverse_for_any_json(members: dict[str, Any], project: Project) -> None:
    """``decrypt`` returns what ``encrypt`` was given, for any JSON object of allowed depth."""
    assert project.decrypt(project.encrypt(members)) == members


@given(st.text(max_size=200) | st.binary(max_size=96).map(lambda data: data.hex()), st.sampled_from(PROJECTS))
def test_decrypt_of_anything_raises_only_liveform_errors(text: str, project: Project) -> None:
    """Text that no project encrypted is refused with a LiveformError."""
    with pytest.raises(LiveformError):
        project.decrypt(text)
