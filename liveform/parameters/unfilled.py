"""What programs leave where a value should be: words for no value, and templates that are not filled in."""

from __future__ import annotations

from typing import Final

# What programs write for a value that is not there: JavaScript, Python, Java, SQL, Ruby, Go, printf.
NO_VALUES: Final = frozenset(
    (
        *("undefined", "null", "NULL", "Null", "None", "nil", "NaN", "nan", "NaT"),
        *("[object Object]", "(null)", "<null>", "<nil>", "<none>", "<NA>", r"\N"),
    )
)
# No value has one of these in it,
TEMPLATE: Final = (
    r"\{\{[^{}]*\}\}|\{%[^{}]*%\}"  # Jinja, Handlebars, Vue
    r"|[$#]\{[^{}]*\}"  # JavaScript, shells, Java; Ruby
    r"|<\?[^<]*\?>|<%[^<]*%>"  # PHP; ERB, JSP
    r"|\*\|[^|]*\|\*|%%\w+%%"  # programs that send mails
)
# and none is one of these.
WHOLE_TEMPLATE: Final = (
    r"(?a:%(?:\(\w+\)|\d+\$)?[sdi@]"  # printf
    r"|%[A-Za-z_]\w*%"  # Windows
    r"|<[A-Za-z][\w .-]*>)"  # of an example
)
