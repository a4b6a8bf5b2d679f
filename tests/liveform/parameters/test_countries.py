"""liveform.parameters.countries: ISO 3166-1, as pycountry has it."""

import pycountry
import pytest

from liveform.parameters.countries import alpha3, alpha3_by_alpha2


def test_codes_are_those_of_iso_3166() -> None:
    """Alpha-2 beside alpha-3, all that are officially assigned."""
    assert alpha3_by_alpha2() == {country.alpha_2: country.alpha_3 for country in pycountry.countries}


def test_alpha3_holds_each_code_once() -> None:
    """No two countries share one."""
    assert alpha3() == {country.alpha_3 for country in pycountry.countries}
    assert len(alpha3()) == len(alpha3_by_alpha2()) == 249


@pytest.mark.parametrize("code", ["KR", "kor", "XKX", "EUR", "SUN", "UK", "ZZZ", ""])
def test_code_that_is_not_assigned_is_not_there(code: str) -> None:
    """Alpha-2, lower case, user-assigned, former and made-up ones."""
    assert code not in alpha3()
