"""Finds the place of each key in a TOML text, for error messages and for editing. `tomli` does not report places.

It is used only for texts that `tomli` has accepted, and only to report an error or to edit. It does not check the text.
If it does not understand a part of the text, it returns the places that it found before.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import suppress

import tomli

KeyPath = tuple[str | int, ...]
"""The keys and array indices (from 0) that lead to a value."""

_TOKEN = re.compile(
    r"""
      (?P<newline> \n)
    | (?P<space>   [\ \t\r]+ | \#[^\n]*)
    | (?P<string>  \"{3} (?:\\.|[^\\])*? \"{3,5} (?!\")
                 | '{3} .*? '{3,5} (?!')
                 | \" (?:\\.|[^"\\\n])* \"
                 | ' [^'\n]* ')
    | (?P<mark>    [\[\]{}=,.])
    | (?P<bare>    [^\[\]{}=,.\s\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


def line_of(text: str, path: KeyPath) -> int | None:
    """Return the line of `path`, from 1 on, or that of the nearest enclosing table or array; None if there is none."""
    positions = offsets_of(text)
    while path:
        if path in positions:
            return text.count("\n", 0, positions[path]) + 1
        path = path[:-1]
    return None


def offsets_of(text: str) -> dict[KeyPath, int]:
    """Return the offset of the first mention of each key and array element. A table begins at the "[" of its header."""
    return _Scanner(text).positions()


def string_end(text: str, offset: int) -> int:
    """Return the offset after the quoted string that begins at `offset`."""
    match = _TOKEN.match(text, offset)
    return match.end() if match else offset


class _LostError(Exception):
    """The scanner does not understand the text."""


class _Scanner:
    """Scans a TOML text with one token of look-ahead, and notes where each key and array element begins."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.finditer(text)
        self._found: dict[KeyPath, int] = {}
        self._elements: Counter[KeyPath] = Counter()
        self._advance()

    def positions(self) -> dict[KeyPath, int]:
        """Return the offset of the first mention of each path."""
        with suppress(_LostError, RecursionError):
            self._document()
        return self._found

    def _advance(self) -> None:
        """Go to the next token that is not space. At the end of the text, the token is empty."""
        self._kind, self._token, self._offset = "end", "", 0
        for match in self._tokens:
            if match.lastgroup != "space":
                self._kind, self._token, self._offset = match.lastgroup or "", match[0], match.start()
                return

    def _take(self, mark: str) -> None:
        if self._token != mark:
            raise _LostError
        self._advance()

    def _skip_newlines(self) -> None:
        while self._kind == "newline":
            self._advance()

    def _document(self) -> None:
        table: KeyPath = ()
        self._skip_newlines()
        while self._kind != "end":
            if self._token == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_newlines()

    def _header(self) -> KeyPath:
        """Scan ``[table]`` or ``[[array of tables]]``. Returns the path of the keys below it."""
        offset = self._offset
        self._take("[")
        is_element = self._token == "["
        if is_element:
            self._take("[")
        path: KeyPath = ()
        *parents, last = self._key()
        for part in parents:
            path = self._latest_element((*path, part))
            self._note(path, offset)
        path = (*path, last)
        if is_element:
            self._elements[path] += 1
        self._note(path, offset)
        path = self._latest_element(path)
        self._note(path, offset)
        self._take("]")
        if is_element:
            self._take("]")
        return path

    def _latest_element(self, path: KeyPath) -> KeyPath:
        """Return the path of the last element if `path` is an array of tables: later headers mean this element."""
        return (*path, self._elements[path] - 1) if path in self._elements else path

    def _pair(self, table: KeyPath) -> None:
        """Scan ``key = value``."""
        offset = self._offset
        for part in self._key():
            table = (*table, part)
            self._note(table, offset)
        self._take("=")
        self._value(table)

    def _key(self) -> list[str]:
        """Scan a key and return its parts. It may be dotted and quoted."""
        parts = []
        while True:
            if self._kind not in {"bare", "string"}:
                raise _LostError
            parts.append(self._token if self._kind == "bare" else _unquoted(self._token))
            self._advance()
            if self._token != ".":
                return parts
            self._advance()

    def _value(self, path: KeyPath) -> None:
        if self._token == "[":
            self._array(path)
        elif self._token == "{":
            self._inline_table(path)
        else:
            while self._kind in {"bare", "string"} or self._token == ".":
                self._advance()

    def _array(self, path: KeyPath) -> None:
        self._take("[")
        self._skip_newlines()
        index = 0
        while self._token != "]":
            self._note((*path, index), self._offset)
            self._value((*path, index))
            self._separator("]")
            index += 1
        self._take("]")

    def _inline_table(self, path: KeyPath) -> None:
        self._take("{")
        self._skip_newlines()
        while self._token != "}":
            self._pair(path)
            self._separator("}")
        self._take("}")

    def _separator(self, end: str) -> None:
        self._skip_newlines()
        if self._token != end:
            self._take(",")
            self._skip_newlines()

    def _note(self, path: KeyPath, offset: int) -> None:
        self._found.setdefault(path, offset)


def _unquoted(token: str) -> str:
    try:
        return str(tomli.loads(f"key = {token}")["key"])
    except (tomli.TOMLDecodeError, KeyError):
        raise _LostError from None
