"""Tests of liveform.parameters.unfilled: ``explain`` and ``batch`` see the same words and templates."""

import pytest

from liveform import FieldError
from liveform.explain.placeholders import left_in
from liveform.parameters.lookup import vendor_table
from liveform.parameters.unfilled import NO_VALUES
from liveform.text_cells import read_text

USERID = vendor_table().by_name("userid")
TEMPLATES = [
    *("{{id}}", "{% id %}", "${id}", "#{id}", "<?= $id ?>", "<%= id %>", "*|ID|*", "%%ID%%"),
    *("%s", "%@", "%(id)s", "%1$s", "%ID%", "<id>", "{id}", "$id"),
]


@pytest.mark.parametrize("text", [*sorted(NO_VALUES), *TEMPLATES])
def test_text_that_explain_warns_of_is_no_id_of_a_table(text: str) -> None:
    """What ``explain`` calls no value or a template, ``batch`` does not give to many people as their id."""
    assert USERID is not None
    assert left_in(text) is not None
    with pytest.raises(FieldError, match=r"^userid: "):
        read_text(USERID, text)
