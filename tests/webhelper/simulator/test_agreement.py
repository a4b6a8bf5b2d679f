"""These tests compare the simulator with liveform's builder and ``Project.explain``."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liveform import PARAMETERS, Parameter, Pipeline, Place, Project
from webhelper.simulator.findings import FormFindings
from webhelper.simulator.form_query import read_query

KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"
PROJECTS = {
    "plain": Project("plain00001"),
    "gcm": Project("gcm0000001", key=KEY, cipher="gcm"),
    "ecb": Project("ecb0000001", key=KEY, cipher="ecb"),
    "only": Project("only000001", key=KEY, cipher="gcm", encryption_only=True),
}
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "email": st.just("a+b@example.com"),
    "lang": st.sampled_from(["ko", "en", "pt-BR"]),
    "tokenId": st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{6,62}[A-Za-z0-9]", fullmatch=True),
    "startValidUntil": st.integers(1, 86_400),
    "rejectDuplicateUser": st.booleans(),
    **dict.fromkeys(("blacklistCountries", "ageLimit", "approvePeriod", "rejectPeriod"), st.just(False)),
    "projectionName": st.from_regex(r"[a-z0-9_]+", fullmatch=True),
    "allowedCountries": st.lists(st.sampled_from(["USA", "KOR", "JPN"]), min_size=1, max_size=3),
    "selectedIssuingCountry": st.sampled_from(["USA", "KOR"]),
    **dict.fromkeys(("allowedIdTypes", "allowedDocumentFields", "knowledgeField"), st.just(["a", "b"])),
    **dict.fromkeys(
        ("auxidField", "knowledgePrefill"), st.dictionaries(texts, texts, min_size=1, max_size=3)
    ),
    "action": st.just("addveri"),
    "ipRiskCategory": st.just(["vpn", "tor"]),
    **dict.fromkeys(("ipRiskDurationHours", "distanceMaxDistanceKm"), st.integers(1, 100)),
    "distanceCheckSource": st.just("ipGeo"),
}
BUILDERS: dict[Pipeline, Callable[[Project], Callable[..., str]]] = {
    Pipeline.ID_DOCUMENT: lambda project: project.form_url,
    Pipeline.KNOWLEDGE: lambda project: project.knowledge_url,
    Pipeline.INJECTION: lambda project: project.injection_url,
}


def read(url: str) -> FormFindings:
    """Return what the simulator finds in a URL."""
    parts = urlsplit(url)
    return read_query(parts.query, projects=PROJECTS, knowledge=parts.path == "/knowledge")


def fields_of(rows: list[Parameter]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for some of these parameters, each with a valid value."""
    chosen = {row.vendor_name: VALUES.get(row.vendor_name, texts) for row in rows}
    return st.fixed_dictionaries({}, optional=chosen)


@st.composite
def builds(draw: st.DrawFn) -> tuple[Project, Pipeline, dict[str, Any]]:
    """Draw a project, a form, and fields that the builder accepts for them."""
    project = PROJECTS[draw(st.sampled_from(sorted(PROJECTS)))]
    pipeline = draw(st.sampled_from(list(BUILDERS)))
    rows = [row for row in PARAMETERS if pipeline in row.places]
    if project.cipher is None:
        rows = [row for row in rows if row.places[pipeline] is not Place.ENCRYPTED]
    fields = draw(fields_of(rows))
    if pipeline is Pipeline.INJECTION:
        fields = {"sid": "s1", "action": "addveri", **fields}
    if "auxidField" in fields:
        fields.pop("selectedIssuingCountry", None)
        fields.pop("selectedIdType", None)
    given = {row.vendor_name: row for row in rows if row.vendor_name in fields}
    names = {row.name for row in given.values()}
    for vendor_name, row in given.items():
        if not names.issuperset(row.requires):
            del fields[vendor_name]
    return project, pipeline, fields


@given(builds())
def test_builders_urls_are_understood_whole(build: tuple[Project, Pipeline, dict[str, Any]]) -> None:
    """The simulator understands every field that the builder writes, and has nothing to ignore or note."""
    project, pipeline, fields = build
    findings = read(BUILDERS[pipeline](project)(fields))
    assert (findings.unread, findings.fault) == (None, None)
    assert (findings.project, findings.pipeline) == (project, pipeline)
    assert (findings.ignored, findings.not_accepted, findings.notes) == ((), (), ())
    understood = {one.row.vendor_name: one.value for one in findings.understood}
    assert understood.keys() == fields.keys()
    for name, value in fields.items():
        if isinstance(value, list):
            assert understood[name] == ",".join(value)
        elif isinstance(value, bool):
            assert understood[name] in (value, str(value).lower())
        elif name != "startValidUntil":
            assert understood[name] == value


plain_values = st.sampled_from(["x", "false", "true", "USA", "ko", "tok_12345", "2030-01-01T00:00:00Z"])
any_name = st.sampled_from(sorted({name for row in PARAMETERS for name in row.vendor_names} - {"action"}))
any_members = st.dictionaries(
    any_name | st.sampled_from(["pid", "encrypted", "nonsense"]),
    plain_values | st.booleans() | st.integers() | st.none() | st.lists(texts, max_size=2),
    max_size=5,
)


@pytest.mark.parametrize("name", sorted(PROJECTS))
@given(
    members=any_members | st.none(),
    plain=st.dictionaries(any_name | st.just("nonsense"), plain_values, max_size=5),
    action=st.sampled_from(["", "plain", "encrypted"]),
    path=st.sampled_from(["/", "/knowledge"]),
)
def test_explain_sees_and_ignores_the_same(
    name: str, members: dict[str, object] | None, plain: dict[str, str], action: str, path: str
) -> None:
    """The simulator and ``Project.explain`` see and ignore the same parameters of any URL."""
    project = PROJECTS[name]
    assume(members is None or project.cipher is not None)
    if action == "plain":
        plain = {**plain, "action": "addveri"}
    if action == "encrypted" and members is not None:
        members = {**members, "action": "addveri"}
    pairs = {"pid": project.pid, **plain}
    if members is not None:
        pairs["encrypted"] = project.encrypt(members)
    url = f"{project.base_url}{path}?{urlencode(pairs)}"
    findings, explanation = read(url), project.explain(url)
    assert findings.pipeline is explanation.pipeline
    found = [(one.name, one.encrypted) for one in findings.understood]
    found += [(one.name, one.encrypted) for one in findings.not_accepted]
    assert sorted(found) == sorted((one.name, one.encrypted) for one in explanation.seen)
    assert sorted((one.name, one.encrypted) for one in findings.ignored) == sorted(
        (one.name, one.encrypted) for one in explanation.ignored
    )
