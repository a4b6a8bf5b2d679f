"""These tests build Return URLs from what the tester chose."""

from collections.abc import Callable

import pytest
from werkzeug.datastructures import MultiDict

from liveform import KycStatus, Project
from webhelper.simulator.form_query import read_query
from webhelper.simulator.return_url import (
    DYNAMIC_FIELDS,
    Choice,
    Damage,
    claims_of,
    read_choice,
    return_url,
)

DONE = "https://app.example.com/done"
CLAIMS = {"userid": "u 1", "kycStatus": "approved"}


def test_choice_comes_back_as_it_was_carried() -> None:
    """A choice survives the way through a form or an address."""
    for choice in (
        Choice("pid=a&x=%2B"),
        Choice("", knowledge=True, fields=("userid",), encrypt=False, to=3, damage=(Damage.PLUS,)),
        Choice("pid=a", fields=()),
    ):
        assert read_choice(MultiDict(choice.carried()), query=choice.query) == choice


def test_choice_shows_no_query() -> None:
    """The repr of a choice has nothing of the form URL, which carries personal data."""
    assert repr(Choice("pid=a&email=jane%40example.com", to=3)) == repr(Choice("", to=3))


def test_choice_leaves_out_what_it_does_not_know() -> None:
    """A choice ignores unknown fields, damages and forms."""
    values = MultiDict([("field", "password"), ("field", "cf1"), ("damage", "fire"), ("form", "x")])
    assert read_choice(values, query="") == Choice("", fields=("cf1",))


@pytest.mark.parametrize("place", ["", "-1", "x", "1.0", "١", "9" * 5000, "https://evil.example.com", " 0"])
def test_choice_of_a_return_url_is_an_index_of_the_list(place: str) -> None:
    """A choice of a Return URL that is not an index of the list, such as an address, is refused."""
    with pytest.raises(ValueError, match="not an index"):
        read_choice(MultiDict({"to": place}), query="")


def test_claims_are_the_fields_that_have_a_value(
    projects: dict[str, Project], query: Callable[..., str]
) -> None:
    """Claims are the chosen fields that have a text, from the form URL and from the check (RET)."""
    text = query(
        "secret", {"userid": "u", "cf1": "한국", "cf2": 5}, email="a@b", cf9="x", allowedCountries="USA"
    )
    findings = read_query(text, projects=projects, knowledge=False)
    assert claims_of(findings, DYNAMIC_FIELDS, kycStatus="pending") == {
        "userid": "u",
        "email": "a@b",
        "cf1": "한국",
        "kycStatus": "pending",
    }
    assert claims_of(findings, ("cf1", "cf3"), kycStatus="pending") == {"cf1": "한국"}


@pytest.mark.parametrize("project", ["secret", "only"])
def test_return_is_encrypted_with_a_key(projects: dict[str, Project], project: str) -> None:
    """A project with a key returns all fields in one encrypted value (RET)."""
    url = return_url(projects[project], DONE, CLAIMS, Choice(""))
    assert url.startswith(f"{DONE}?encrypted=")
    claims = projects[project].read_return(url)
    assert (claims.userid, claims.kyc_status, claims.encrypted) == ("u 1", KycStatus.APPROVED, True)


@pytest.mark.parametrize(("project", "encrypt"), [("secret", False), ("plain", True), ("plain", False)])
def test_return_is_plain_by_choice_or_without_a_key(
    projects: dict[str, Project], project: str, encrypt: bool
) -> None:
    """A return is plain if the tester wants it so or the project has no key (RET)."""
    url = return_url(projects[project], DONE, CLAIMS, Choice("", encrypt=encrypt))
    assert url == f"{DONE}?userid=u%201&kycStatus=approved"


def test_return_without_fields_is_the_url_itself(projects: dict[str, Project]) -> None:
    """A return without fields goes to the Return URL as it is."""
    assert return_url(projects["secret"], DONE, {}, Choice("")) == DONE


def test_return_damage_is_done_to_the_encrypted_value_alone(projects: dict[str, Project]) -> None:
    """Damage changes the encrypted value only, and ``read_return`` still reads it."""
    project, where = projects["secret"], f"{DONE}?x=%2B%3D"
    damage = (Damage.PLUS, Damage.PADDING)
    ways = [{"userid": f"user {number}"} for number in range(200)]
    urls = [return_url(project, where, way, Choice("", damage=damage)) for way in ways]
    assert all(url.startswith(f"{where}&encrypted=") for url in urls)
    texts = [url.rpartition("encrypted=")[2] for url in urls]
    assert any("+" in text for text in texts)
    assert not any("%2B" in text or "%3D" in text for text in texts)
    for url, way in zip(urls, ways, strict=True):
        assert project.read_return(url).userid == way["userid"]
