"""Tests of liveform.explain.placeholders: values that a program has not filled in."""

import pytest

from liveform import Project, explain_url
from liveform.explain.placeholders import left_in

BASE = "https://form.argosidentity.com"
KEY = "KuwVASemfm5tZh2rLKHDftdRYuKGMNFweGdZYMHe"


@pytest.mark.parametrize(
    "text",
    [
        "undefined",
        "null",
        "NULL",
        "None",
        "nil",
        "NaN",
        "[object Object]",
        "(null)",
        "<null>",
        r"\N",
        " null ",
    ],
)
def test_missing_value_is_seen(text: str) -> None:
    """What a program writes for a value that is not there is seen."""
    assert "for no value" in (left_in(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        *("{{user.id}}", "{{ user.id }}", "user-{{id}}", "{% if x %}", "${id}", "user_${id}", "#{user.id}"),
        *(
            "<?= $id ?>",
            "<?php echo $user->id; ?>",
            "<%= user.id %>",
            "{userid}",
            "user_{user.id}",
        ),
        *(
            "%s",
            "%d",
            "%@",
            "%(userid)s",
            "%1$s",
            "$USER_ID",
            "%USERID%",
            "<user id>",
            "*|EMAIL|*",
            "%%userid%%",
        ),
    ],
)
def test_template_that_nothing_has_filled_in_is_seen(text: str) -> None:
    """The marks of templates are seen, those of printf and shells only if they are the whole value."""
    assert "a template" in (left_in(text) or "")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "user_1",
            "nullable",
            "Nullified",
            "None of these",
            "undefined-1",
            "nano",
            "100%",
            "50%s",
            "a%d",
        ),
        *(
            "{",
            "{}",
            "{1}",
            '{"a": 1}',
            "a<b>c",
            "<3",
            "$5",
            "C#",
            "[x]",
            "5 < 6 > 4",
            "%%",
            "*|x",
            "{3F2504E0-4F89}",
        ),
    ],
)
def test_value_with_signs_of_its_own_is_none(text: str) -> None:
    """A value that only has such a sign in it may be a value."""
    assert left_in(text) is None


@pytest.mark.parametrize("name", ["pid", "userid", "cf1", "email", "unknown", "encrypted"])
def test_parameter_that_was_not_filled_in_is_found(name: str) -> None:
    """``explain`` warns of any parameter that holds such a value, and does not show it."""
    url = f"{BASE}/?{'' if name == 'pid' else 'pid=abc123de45&'}{name}=%7B%7Buser.id%7D%7D"
    found = [finding for finding in explain_url(url).findings if finding.rule.id == "LF507"]
    assert [(finding.name, finding.encrypted) for finding in found] == [(name, False)]
    assert found[0].message.startswith(f"{name} holds a template that nothing has filled in")
    assert "user.id" not in found[0].message
    assert f"warning   {found[0].message}" in explain_url(url).to_text()


def test_encrypted_member_that_was_not_filled_in_is_found() -> None:
    """A member inside ``encrypted`` is looked at as well, once it is opened."""
    project = Project("abc123de45", key=KEY, cipher="gcm")
    url = project.form_url(userid="undefined", cf1="x", reject_duplicate_user=True)
    found = [finding for finding in project.explain(url).findings if finding.rule.id == "LF507"]
    assert [(finding.name, finding.encrypted) for finding in found] == [("userid", True)]
    assert explain_url(url).problems == ()
