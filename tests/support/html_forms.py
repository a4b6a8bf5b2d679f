"""This module reads the forms of a page."""

from __future__ import annotations

from html.parser import HTMLParser


class Form(HTMLParser):
    """Reads a page's controls: names, values, descriptions, which are invalid, and which has the focus."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str | None] = {}
        self.invalid: set[str] = set()
        self.described: dict[str, list[str]] = {}
        self.texts: dict[str, str] = {}
        self.focused: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._option: str | None = None
        self._id: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Record a control, or the start of a text that has an id."""
        has = dict(attrs)
        name = has.get("name")
        if name and tag in ("input", "select", "textarea"):
            if tag != "select":
                self.values[name] = has.get("value", "")
            if has.get("type") == "checkbox" and "checked" not in has:
                self.values[name] = None
            if has.get("aria-invalid") == "true":
                self.invalid.add(name)
            if "autofocus" in has:
                self.focused.append(name)
            self.described[name] = (has.get("aria-describedby") or "").split()
        self._area = name if tag == "textarea" else None
        self._select = name if tag == "select" else self._select
        self._option = None
        if tag == "option" and self._select and ("selected" in has or self._select not in self.values):
            self.values[self._select] = has.get("value")
            self._option = self._select if "value" not in has else None  # its text is its value
        self._id = has.get("id") if tag == "p" else None

    def handle_endtag(self, tag: str) -> None:
        """Record that a control or a text has ended."""
        self._area = self._id = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        """Record the content of a text area, of an option, and of a text with an id."""
        if self._area or self._option:
            self.values[self._area or self._option or ""] = data
            self._option = None
        if self._id:
            self.texts[self._id] = self.texts.get(self._id, "") + data
