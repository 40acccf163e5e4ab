"""Removes what may be a secret from text, so that a person can show the text to others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast
from urllib.parse import quote

from hostcore.log.safe_text import escaped
from hostcore.quick_dataclass import fields, is_dataclass, replace

T = TypeVar("T")
LEFT_OUT = "(left out)"
"""Stands in place of everything that is removed."""
SHORTEST = 4
"""Characters of the shortest known secret that is looked for. A shorter one would blank out ordinary words."""

_WORDS = (
    r"token|passw(?:or)?d|passphrase|passcode|pwd|secret|credential|api[_-]?key|private[_-]?key|access[_-]?key|"
    r"authorization|auth|bearer|cookie|psk|signature|salt|seed[_-]?phrase"
)
_NAME = rf"(?:(?:{_WORDS})[\w.-]{{0,64}}+|key)"
"""The end of a name that announces a secret. ``KeyError`` announces none."""
_REMOVED = re.escape(LEFT_OUT)
_QUOTED = r'"(?:\\.|[^"\\])*"?|\'(?:\\.|[^\'\\])*\'?'
_PATTERNS = (
    (re.compile(r"-----BEGIN [^-]{1,80}-----.*?(?:-----END [^-]{1,80}-----|\Z)", re.DOTALL), LEFT_OUT),
    (re.compile(r"((?:authorization|cookie)[\"']?\s*[:=])[^\n]*", re.IGNORECASE), rf"\1 {LEFT_OUT}"),
    (re.compile(r"\b(bearer)\s+[\w+/=.~-]{6,}", re.IGNORECASE), rf"\1 {LEFT_OUT}"),
    (re.compile(r"\b([a-z][a-z0-9+.-]{1,20}://)[^\s\"'<>]{0,400}@", re.IGNORECASE), rf"\1{LEFT_OUT}@"),
    (
        re.compile(
            rf"({_NAME}[\"']?\s{{0,16}}(?:[:=]|=>)\s{{0,16}})(?!{_REMOVED})(?:{_QUOTED}|[^\s,;&)\]}}]+)", re.IGNORECASE
        ),
        rf"\1{LEFT_OUT}",
    ),
    (
        re.compile(rf"\b((?:{_WORDS})\s+(?:is\s+|was\s+)?)(?:{_QUOTED}|(?![(:=])\S+)", re.IGNORECASE),
        rf"\1{LEFT_OUT}",
    ),
    (re.compile(r"\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-|sk-|AKIA|eyJ)[\w.-]{10,}"), LEFT_OUT),
    (re.compile(r"\b(?=\w*\d)(?=\w*[A-Za-z])\w{32,}"), LEFT_OUT),
)
"""The forms of secrets, and what is written in their place. The last one is any long run of letters and digits."""

_IS_NAME = re.compile(rf"{_NAME}\Z", re.IGNORECASE)
HARMLESS = frozenset({
    "COLORTERM", "COLUMNS", "DISPLAY", "EDITOR", "HOME", "HOSTNAME", "LANG", "LANGUAGE", "LINES", "LOGNAME", "MAIL",
    "OLDPWD", "PAGER", "PATH", "PWD", "SHELL", "SHLVL", "TERM", "TERM_PROGRAM", "TZ", "USER", "VIRTUAL_ENV",
    "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",
})  # fmt: skip
"""Variables of the environment whose values are no secrets. All others may be."""
SHORTEST_VALUE = 8
"""Characters of the shortest value of the environment that may be a secret although its name does not say so."""


def is_secret_name(name: str) -> bool:
    """Whether a name, such as that of a setting, announces a secret."""
    return _IS_NAME.search(name) is not None


def secrets_of(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the values of an environment that may be secrets."""
    return frozenset(
        value
        for name, value in environment.items()
        if name not in HARMLESS and (is_secret_name(name) or len(value) >= SHORTEST_VALUE)
    )


class Redactor:
    """Replaces known secrets, and everything that looks like one, by `LEFT_OUT`.

    It removes too much rather than too little. It cannot know a short secret of a form that nothing announces.

    Args:
        known: texts that must not appear. Those of fewer than `SHORTEST` characters are not looked for.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        secrets = {each for each in known if len(each) >= SHORTEST}
        texts = sorted({form for each in secrets for form in _forms(each)}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, texts)) or r"(?!)")
        self._known_bytes = tuple(each.encode(errors="surrogateescape") for each in texts)

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        text = self._known.sub(LEFT_OUT, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text

    def data(self, data: bytes) -> bytes:
        """Return `data`, or nothing if a known secret is in it."""
        return b"" if any(each in data for each in self._known_bytes) else data

    def value(self, value: T) -> T:
        """Return a copy of a frozen dataclass, a tuple, text or bytes without secrets. Other values stay as they are.

        Texts of a type of their own, such as names of buses and members of an enum, are the host's own words.
        """
        return cast(T, self._cleaned(value))

    def _cleaned(self, value: Any) -> Any:
        if type(value) is str:
            return self.text(value)
        if type(value) is bytes:
            return self.data(value)
        if type(value) is tuple:
            return tuple(map(self._cleaned, value))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{each.name: self._cleaned(getattr(value, each.name)) for each in fields(value)})
        return value


def _forms(secret: str) -> tuple[str, ...]:
    """The ways in which logs and messages write a text."""
    quoted = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], repr(secret)[1:-1])
    return (secret, escaped(secret), *quoted, quote(secret, safe="", errors="replace"))
