"""These tests tell readers in their own language what is wrong with a field, whatever the check says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sites import HOLDER, link_request, projects

from liveform import PARAMETERS, FieldError
from webhelper.links.link_request import LINK_PIPELINES
from webhelper.staff.problem_texts import problem_text

if TYPE_CHECKING:
    from flask import Flask

    from webhelper.services import Services

KOREAN = re.compile("[가-힣]")
# In the middle of a Korean sentence, these words of the checks would be left over.
LEFT_OVER = re.compile(r"\b(must|takes|allowed are|leave it|beside|belongs|characters|vendor)\b")
WRONG = [
    "",
    "x",
    "kr",
    "XYZ",
    "a b",
    "a,,b",
    "-1",
    "0",
    "1.5e+11",
    '"x"',
    " x",
    "\u202ax",
    "Jane <jane@example.com>",
    "[1",
    "true",
    "\ud800",
    5,
    None,
    True,
    [],
    {},
]
DEEP: dict[str, object] = {}
for _ in range(40):
    DEEP = {"a": DEEP}


def problems(services: Services) -> set[tuple[str, str]]:
    """Return what the checks say of every parameter with every wrong value, in every form and project."""
    found = set()
    for project in projects():
        for pipeline in LINK_PIPELINES:
            for row in PARAMETERS:
                for value in (*WRONG, DEEP, {1: 2}, {"a": float("nan")}, "x" * 9000):
                    fields = {"sid": "s"} | {row.vendor_name: value}
                    request = link_request(project=project, pipeline=pipeline, fields=fields)
                    try:
                        services.links.check(request, by=HOLDER)
                    except FieldError as error:
                        found.add((error.field, error.problem))
    return found


def test_every_problem_of_a_parameter_is_told_in_korean(app: Flask, services: Services) -> None:  # C4
    """Whatever is wrong with whichever parameter, a Korean reader is told in Korean, and wholly."""
    found = problems(services)
    assert len(found) > 50
    with app.test_request_context("/?lang=ko"):
        told = {problem: problem_text(field, problem) for field, problem in found}
    assert [problem for problem, text in told.items() if not KOREAN.search(text)] == []
    assert [text for text in told.values() if LEFT_OVER.search(text)] == []


def test_every_problem_is_told_in_english_without_names_of_python(app: Flask, services: Services) -> None:
    """A reader of English is told in English, without the names of Python functions and values."""
    with app.test_request_context("/?lang=en"):
        told = {problem_text(field, problem) for field, problem in problems(services)}
    assert [
        text for text in told if KOREAN.search(text) or re.search(r"\w+_url|\bTrue\b|\bFalse\b", text)
    ] == []


@pytest.mark.parametrize(
    ("name", "problem", "english", "korean"),
    [
        (
            "allowedCountries",
            "must be an ISO 3166-1 alpha-3 code in capitals, such as KOR; did you mean KOR?",
            "must be an ISO 3166-1 alpha-3 code in capitals, such as KOR; did you mean KOR?",
            "KOR인가요?",
        ),
        (
            "label",
            "must be text (1 to 100 characters, on one line)",
            "must be one line of at most 100 characters",
            "100자 이하",
        ),
        (
            "max_uses",
            "must be a whole number (1 to 1000000)",
            "must be a whole number from 1 to 1,000,000",
            "정수",
        ),
        ("pipeline", "is missing; it must be one of id_document, knowledge", "is missing", "입력"),
        ("project", "must be one of shop, signup", "must be one of shop, signup", "shop, signup"),
        ("email", "a text of tomorrow", "a text of tomorrow", "이메일"),
        ("unheard_of", "a text of tomorrow", "a text of tomorrow", "a text of tomorrow"),
        ("", "this site keeps no links, so it cannot take: label", "cannot take: label", "label"),
    ],
)
def test_problem_is_told_in_the_words_of_the_page(
    app: Flask, name: str, problem: str, english: str, korean: str
) -> None:
    """A problem keeps its names in both languages; one that is not known is told by the parameter table."""
    for language, text in (("en", english), ("ko", korean)):
        with app.test_request_context(f"/?lang={language}"):
            assert text in problem_text(name, problem)
