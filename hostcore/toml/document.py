"""Reads the text and the tables of a TOML file that a person wrote."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tomli

from hostcore.errors import ConfigError
from hostcore.reasons import plain_reason
from hostcore.toml.reader import KeyPath


@contextmanager
def reading(path: Path, kind: str) -> Iterator[None]:
    """Make a context whose errors of reading the file `path` become ConfigError.

    Args:
        path: the file.
        kind: what the file is, for a person, such as ``a chip file``.
    """
    try:
        yield
    except FileNotFoundError:
        raise ConfigError(f"no such file; allowed is the path of {kind}", file=str(path)) from None
    except IsADirectoryError:
        raise ConfigError(f"found a folder, allowed is {kind}", file=str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot be read: {reason}", file=str(path)) from None


def decode(path: Path, content: bytes) -> str:
    """Return the text of a file, without its byte order mark.

    Raises:
        ConfigError: the content is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"found the byte 0x{content[error.start]:02x}, allowed is text in UTF-8; save the file as UTF-8"
        raise ConfigError(problem, file=str(path), line=line) from None


def parse(at: KeyPath) -> dict[str, object]:
    """Return the tables in the text of the file at `at`.

    Raises:
        ConfigError: the text is not TOML, or contains a value that Python does not have.
    """
    try:
        return tomli.loads(at.text)
    except tomli.TOMLDecodeError as error:
        problem = f"not TOML: {error.msg} (column {error.colno})"
        raise ConfigError(problem, file=at.file, line=error.lineno) from None
    except (ValueError, RecursionError) as error:  # a number, date or nesting that TOML allows, but Python does not
        raise at.error(f"cannot be read: {plain_reason(error)}") from None
