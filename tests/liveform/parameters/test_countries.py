"""Tests of liveform.parameters.countries against the ISO 3166-1 codes of pycountry."""

import pycountry
import pytest

from liveform.parameters.countries import alpha3, alpha3_by_alpha2


def test_codes_are_those_of_iso_3166() -> None:
    """The table gives the alpha-3 code for each assigned alpha-2 code of ISO 3166-1."""
    assert alpha3_by_alpha2() == {country.alpha_2: country.alpha_3 for country in pycountry.countries}


def test_alpha3_holds_each_code_once() -> None:
    """The table has 249 countries, and no two of them share an alpha-3 code."""
    assert alpha3() == {country.alpha_3 for country in pycountry.countries}
    assert len(alpha3()) == len(alpha3_by_alpha2()) == 249


@pytest.mark.parametrize("code", ["KR", "kor", "XKX", "EUR", "SUN", "UK", "ZZZ", ""])
def test_code_that_is_not_assigned_is_not_there(code: str) -> None:
    """A code that is alpha-2, lower case, user-assigned or former is not an alpha-3 code."""
    assert code not in alpha3()
