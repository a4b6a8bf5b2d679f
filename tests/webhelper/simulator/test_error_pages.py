"""These tests check the table of error pages and its codes."""

import re

from liveform import Certainty
from liveform.vendor_codes import CodeKind, explain_code
from webhelper.simulator.error_pages import ERROR_PAGES, Kind

DOCUMENTED = {
    *("TK-10001", "DE-20000", "DE-30000", "DE-40000", "PV-40018"),
    *("SE-50020", "SE-50021", "SE-50022", "SE-50030", "SE-50031", "SE-50032", "SE-50033"),
    *("LO-30001", "LO-30002", "LO-30003", "LO-30004", "LO-30005", "LO-99999"),
}


def test_codes_that_the_vendor_names_are_all_there() -> None:
    """The table marks exactly the codes that the vendor names as documented (RET, QS, UPD5)."""
    assert sorted(page.code for page in ERROR_PAGES.values() if not page.is_simulated) == sorted(DOCUMENTED)


def test_codes_that_the_vendor_names_are_in_the_librarys_table_too() -> None:
    """liveform's table has the codes that the simulator marks as documented, and none that it made up."""
    for page in ERROR_PAGES.values():
        found = explain_code(page.code, CodeKind.FORM)
        assert found.is_known is not page.is_simulated
        assert (found.certainty is Certainty.DOCUMENTED) is not page.is_simulated


def test_codes_that_are_made_up_cannot_be_mistaken() -> None:
    """A code that we made up reads x99xx, and all codes of the table differ."""
    simulated = [page.code for page in ERROR_PAGES.values() if page.is_simulated]
    assert simulated
    assert all(re.fullmatch(r"(PV-4|TK-1)99\d\d", code) for code in simulated)
    assert len({page.code for page in ERROR_PAGES.values()}) == len(ERROR_PAGES)


def test_codes_have_a_page_for_every_rule() -> None:
    """Every reason for a refusal has an error page."""
    assert set(Kind) <= set(ERROR_PAGES)


def test_codes_page_names_of_the_vendor() -> None:
    """The pages that the vendor names keep those names: expired-start-valid-until and token-* (QS, ERR)."""
    assert ERROR_PAGES["expired-start-valid-until"].code == "PV-40018"
    tokens = {kind for kind, page in ERROR_PAGES.items() if page.code.startswith("TK")}
    assert all(kind.startswith("token-") for kind in tokens)
