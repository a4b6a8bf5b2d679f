"""These tests check made-up people, age groups, and who counts as the same person."""

from datetime import UTC, datetime

import pytest

from webhelper.simulator.sandbox.people import age_group, made_up, person_of

NOW = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("2012-05-02", "minor"),  # 13
        ("2012-05-01", "early-teen"),  # 14
        ("2010-05-02", "early-teen"),
        ("2010-05-01", "teen"),  # 16
        ("2008-05-02", "teen"),
        ("2008-05-01", "adult"),  # 18
        ("1990-01-01", "adult"),
        ("no date", "N/A"),
        (None, "N/A"),
    ],
)
def test_age_group_changes_on_the_birthday(born: object, group: str) -> None:
    """Age groups begin at 14, 16 and 18 (row 9.20)."""
    assert age_group(born, NOW) == group


def test_made_up_people_differ() -> None:
    """Two submissions are of two people; the Knowledge form has no document."""
    one, other = made_up("aaa", knowledge=False), made_up("bbb", knowledge=False)
    assert person_of("p", one) != person_of("p", other)
    assert "idType" in one
    assert all(
        age_group(made_up(str(number), knowledge=False)["date_of_birth"], NOW) == "adult"
        for number in range(100)
    )
    assert "idType" not in made_up("aaa", knowledge=True)


@pytest.mark.parametrize("name", ["full_name", "date_of_birth", "gender", "nationality"])
def test_person_needs_all_four_data(name: str) -> None:
    """Without name, birth date, gender or nationality, nobody can be compared (row 9.21)."""
    data = made_up("aaa", knowledge=True)
    assert person_of("p", data) == person_of("p", dict(data)) != person_of("q", data)
    assert person_of("p", {**data, name: ""}) is None
    assert person_of("p", {key: value for key, value in data.items() if key != name}) is None
