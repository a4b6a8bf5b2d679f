"""Refuse the text of a setting that is not the setting itself, such as a placeholder that nothing filled in.

Each pattern is one that no key of letters, digits and punctuation has by chance. No message repeats the text.
"""

from __future__ import annotations

import re
from typing import Final

from liveform.errors import ConfigError
from liveform.settings.variables import check_quotes

CARRIAGE_RETURN: Final = (
    "ends with a carriage return, as lines of Windows do; save the file that it comes from with LF alone"
)
_OBJECT: Final = r'\{\s*"[^"]*"\s*:.*\}'
_SCHEMES: Final = (
    "op|vault|ref\\+[a-z]+|file|env|keyring|doppler|infisical|bws|aws-?(?:sm|ssm)|(?:aws-?)?secretsmanager|"
    "gcp-?(?:sm|secretmanager|secrets?)|azure-?(?:keyvault|kv)|akv"
)
_HIDDEN_BY: Final = "redacted|filtered|masked|hidden|removed|sensitive(?: value)?|known after apply"
_LOOKS_LIKE: Final = (
    (
        r"\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|\{%[^{}]*%\}|<%[^<>]*%>|\[\[[^\[\]]*\]\]",
        "a placeholder of a template, such as {{...}}, which nothing has filled in",
    ),
    (
        r"\$\{[A-Za-z_][^{}]*\}|\$\([A-Za-z_][^()]*\)",
        "a reference such as ${NAME} that nothing has filled in",
    ),
    (r"\$[A-Z_][A-Z0-9_]*", "a reference such as $NAME, which nothing has filled in"),
    (
        r"%[A-Z_][A-Z0-9_]*%|%\{[A-Za-z_]\w*\}|%\([A-Za-z_]\w*\)s",
        "a reference such as %NAME%, which nothing has filled in",
    ),
    (r"#\{[^{}]*\}#?", "a reference such as #{NAME}#, which nothing has filled in"),
    (
        r"\{[A-Za-z_]+\}|\{[A-Z_][A-Z0-9_]*\}|__[A-Z][A-Z0-9_]*__|@[A-Z_][A-Z0-9_]*@",
        "a reference such as {NAME} or __NAME__, which nothing has filled in",
    ),
    (
        rf"(?:{_SCHEMES})://.*|@Microsoft\.KeyVault\(.*\)|arn:aws[a-z-]*:(secretsmanager|ssm):.*",
        "a reference to a secret, which nothing has read; put the secret there",
    ),
    (
        r"ENC\[.*\]|ENC\(.*\)|\$ANSIBLE_VAULT;.*",
        "a secret that another program has encrypted; let that one decrypt it first",
    ),
    (
        # A key of letters, digits and punctuation has no bullets, and four stars in a row only if it is long.
        r"\*{3,}\S{0,4}|\S{0,8}\*{4,}\S{0,8}|.*(?:[•●⬤◦∙]{3}|·{4}).*"
        rf"|(?i:redacted)|[\[(<*]{{1,3}}(?i:{_HIDDEN_BY})[\])>*]{{1,3}}",
        "a secret that a page or a log has hidden; copy it where it is shown",
    ),
    (r"<[A-Za-z][A-Za-z0-9 _.-]*>", "a placeholder of an example, <...>; put the value there"),
    (r"(export\s+)?LIVEFORM_[A-Z_]+\s*=.*", "a whole line of variables; give only what is behind its ="),
    (r"export\s.*", "a whole line of a shell; give only what is behind its ="),
    (
        r"(/var)?/run/secrets/.*|/etc/secrets/.*",
        "the path of a file; name it in the variable with _FILE at its end, or as { file = ... }",
    ),
    (_OBJECT, "a JSON object; give only the text that it holds"),
)


def check_written(setting: str, text: str, *, but_objects: bool = False) -> None:
    """Refuse the text of a project's setting that came with something around it, or instead of it.

    Args:
        setting: its name.
        text: what it holds.
        but_objects: leaves JSON objects to who reads the setting, which knows what to write instead.

    Raises:
        ConfigError: quotes around it, a carriage return at its end, a placeholder, or a line of another file.
    """
    check_quotes(setting, text)
    if text.endswith("\r"):
        raise ConfigError((setting, CARRIAGE_RETURN))
    for pattern, what in _LOOKS_LIKE:
        if re.fullmatch(pattern, text.strip(), re.DOTALL) and not (but_objects and pattern == _OBJECT):
            raise ConfigError((setting, f"looks like {what}"))
