r"""The text of a cell -> the value of a parameter, and texts that are never a value.

Programs put their own marks where a cell has no value: Excel the word of an error, a database ``NULL`` or
``\N``, JavaScript ``[object Object]``. Such a mark in a URL would give many people one id, so it is refused,
and never guessed away.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from liveform.errors import FieldError
from liveform.parameters.text_values import bare
from liveform.parameters.unfilled import NO_VALUES, TEMPLATE, WHOLE_TEMPLATE
from liveform.parameters.values import Identifier, compiled

if TYPE_CHECKING:
    from liveform.parameters.model import Parameter

_TEXT_FORMULA: Final = re.compile(r'="((?:[^"]|"")*)"')
_LOST: Final = "\ufffd"  # what a decoder puts in place of bytes that it cannot read

# The words of Excel for an error, in the languages in which words for true and false are read; of Google
# Sheets; and, as a pattern, of LibreOffice, and what it and Excel show of a number in a narrow column.
_SHEET_ERRORS: Final = frozenset(
    (
        *("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"),
        *("#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA", "#BUSY!", "#PYTHON!", "#EXTERNAL!"),
        *("#ERROR!", "Loading..."),  # Google Sheets
        *("#NV", "#BEZUG!", "#WERT!", "#ZAHL!", "#ÜBERLAUF!"),  # German
        *("#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!"),  # French
        *("#EPARS!", "#PROPAGATION!", "#CHARGEMENT_DONNEES"),
        *("#N/D", "#¡REF!", "#¡VALOR!", "#¡DIV/0!", "#¿NOMBRE?", "#¡NUM!", "#¡NULO!"),  # Spanish
        *("#¡DESBORDAMIENTO!", "#¡CALC!", "#OBTENIENDO_DATOS"),
        *("#VALOR!", "#NOME?", "#NÚM!", "#NULO!", "#DESPEJAR!", "#OBTENDO_DADOS"),  # Portuguese
        *("#RIF!", "#VALORE!", "#ESPANSIONE!", "#ESTRAZIONE_DATI_IN_CORSO"),  # Italian
        *("#N/B", "#VERW!", "#WAARDE!", "#DEEL/0!", "#NAAM?", "#GETAL!", "#LEEG!", "#OVERLOOP!"),  # Dutch
    )
)
_SHEET_ERROR: Final = "(?:#{2,}|Err:[0-9]{3})"
_MARKS: Final = frozenset(
    (
        *(r"\N", "<NA>", "(null)", "(NULL)", "[null]", "[NULL]", "<null>", "<NULL>"),
        "[object Object]",
    )
)

# Words that are a name or a remark elsewhere, but in a column of ids are written for an empty cell.
_NO_IDS: Final = frozenset(
    (
        *NO_VALUES,
        *("NA", "N/A", "n/a"),
        *("-nan", "-NaN", "1.#QNAN", "-1.#QNAN", "1.#IND", "-1.#IND"),
    )
)
_APOSTROPHE: Final = "'[0-9=+@-]"
_FRAME: Final = r"(?:[-+=|]{2,}|\([0-9]+ rows?\))"  # around a table, as psql and mysql print it

# Each text that is not simply its own value is one of these, or a line of texts in which ODD_PARTS is found.
ODD_TEXTS: Final = _SHEET_ERRORS | _MARKS | _NO_IDS
_ID_NAME: Final = r"(?a:[A-Za-z_][\w.]*(?:Id|ID|[._]id)|(?:[Uu]ser)?[Ii][Dd])"
_TEMPLATE: Final = rf"{TEMPLATE}|\{{{_ID_NAME}\}}"  # {x} may be an id, and so may $x
_WHOLE_TEMPLATE: Final = rf"{WHOLE_TEMPLATE}|\${_ID_NAME}"
ODD_PARTS: Final = re.compile(
    f'="|{_LOST}|^{_APOSTROPHE}|^(?:{_FRAME}|{_SHEET_ERROR}|{_WHOLE_TEMPLATE})$|{_TEMPLATE}', re.MULTILINE
)
# One of these is in whatever ODD_PARTS finds, and is looked for much quicker.
ODD_SIGNS: Final = re.compile(f"[-\"'#({{$|+=:%<{_LOST}]")

SHEET_ERROR: Final = "holds an error of Excel or another spreadsheet; correct the cell, or leave it empty"
EMPTY: Final = "is what a program writes for an empty cell; leave the cell empty"


def meant_text(cell: str) -> str:
    """Return the text of a cell without white space around it: of ``="00123"`` the text ``00123``.

    Programs write that formula into CSV so that a spreadsheet keeps the zeros.
    """
    text = bare(cell)
    formula = _TEXT_FORMULA.fullmatch(text)
    return text if formula is None else bare(formula[1].replace('""', '"'))


def read_text(parameter: Parameter, text: str) -> object:
    """Return what the text of a cell, which is not empty, says of a parameter.

    Raises:
        FieldError: the text is not of its parameter's kind, or a program's mark for no value.
    """
    rule = parameter.value
    _check_value(parameter.name, text)
    if isinstance(rule, Identifier):
        _check_id(parameter.name, text)
    return rule.from_text(parameter.name, text)


def _check_value(field: str, text: str) -> None:
    """Return if a text may be a value, in whatever column.

    Raises:
        FieldError: the text is an error of a spreadsheet, a mark for an empty cell, or has lost characters.
    """
    if text in _SHEET_ERRORS or compiled(_SHEET_ERROR).fullmatch(text):
        raise FieldError(field, SHEET_ERROR)
    if text in _MARKS:
        raise FieldError(field, EMPTY)
    if _LOST in text:
        raise FieldError(field, "has lost characters (U+FFFD) in another program; export it again in UTF-8")


def _check_id(field: str, text: str) -> None:
    """Return if a text may be an id.

    Raises:
        FieldError: a word for an empty cell, a spreadsheet's apostrophe in front, a template, or a line
            around a table.
    """
    if text in _NO_IDS:
        raise FieldError(field, EMPTY)
    if compiled(_APOSTROPHE).match(text):
        raise FieldError(field, "begins with an apostrophe, which a spreadsheet adds to text; leave it out")
    if compiled(_TEMPLATE).search(text) or compiled(_WHOLE_TEMPLATE).fullmatch(text):
        raise FieldError(field, "has a template such as {{user}} or ${user} that nothing has filled in")
    if compiled(_FRAME).fullmatch(text):
        raise FieldError(field, "is a line around a printed table, and not a row; export the table as CSV")
