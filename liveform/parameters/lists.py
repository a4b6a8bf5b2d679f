"""Value rules for country codes and for lists of names."""

from __future__ import annotations

from liveform.errors import FieldError
from liveform.parameters.countries import alpha3, alpha3_by_alpha2
from liveform.parameters.text_values import names_in
from liveform.parameters.values import ValueRule, compiled, exact_text
from liveform.wire.json_object import is_unicode


class Country(ValueRule):
    """One ISO 3166-1 alpha-3 code."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("an ISO 3166-1 alpha-3 code", "USA")

    def check(self, field: str, value: object) -> str:
        """Return the code."""
        if isinstance(value, str) and value in alpha3():
            return value if type(value) is str else exact_text(value)
        raise FieldError(field, f"must be {self.wants} in capitals, such as KOR{_probable_country(value)}")


def _probable_country(value: object) -> str:
    if not isinstance(value, str):
        return ""
    code = value.strip().upper()
    meant = alpha3_by_alpha2().get(code, code)
    return f"; did you mean {meant}?" if meant in alpha3() else ""


class Names(ValueRule):
    """Several names in one text, with commas between and no spaces."""

    __slots__ = ("choices", "each")
    reads_text = True

    def __init__(
        self,
        wants: str = "names, as a list or joined by commas",
        metavar: str = "A,B",
        choices: tuple[str, ...] | None = None,
        each: Country | None = None,
    ) -> None:
        super().__init__(wants, metavar)
        self.choices: tuple[str, ...] | None = choices
        self.each: Country | None = each

    def check(self, field: str, value: object) -> str:
        """Return the names joined by commas."""
        if isinstance(value, str) and self.each is not None and alpha3().issuperset(value.split(",")):
            return value if type(value) is str else exact_text(value)
        names = value.split(",") if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not names:
            raise FieldError(field, f"must be {self.wants}")
        check = self._check_one if self.each is None else self.each.check
        return ",".join([check(field, name) for name in names])

    def _check_one(self, field: str, name: object) -> str:
        if not isinstance(name, str) or not compiled(r"[^\s,]+").fullmatch(name) or not is_unicode(name):
            raise FieldError(field, f"must be {self.wants}; a name has no spaces and is not empty")
        if self.choices is not None and name not in self.choices:
            raise FieldError(field, f"allowed are {', '.join(self.choices)}")
        return name

    def from_text(self, field: str, text: str) -> object:
        """Return the names in a text with commas between, however they are separated there.

        Raises:
            FieldError: the text begins like a list of JSON, but is none.
        """
        return ",".join(names_in(field, text))
