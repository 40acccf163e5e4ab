"""Decodes the source of a module, whose first lines may name its encoding (PEP 263)."""

from __future__ import annotations

import codecs
from io import BytesIO, IncrementalNewlineDecoder

from hostcore.log.safe_text import log_line

ENCODINGS = ("utf-8", "ascii", "iso8859-1", "iso8859-15", "cp1252")
"""Encodings of source, as `codecs` names them. Some others take quadratic time, such as punycode."""


class UnreadableError(Exception):
    """The source cannot be decoded. The text says why, for a person."""


def decoded(content: bytes) -> str:
    r"""Return the text of a module's source, with ``\n`` at the end of each line.

    Raises:
        UnreadableError: it is in another encoding than it says, or in none of `ENCODINGS`.
    """
    from tokenize import detect_encoding  # noqa: PLC0415 - only a plugin with libraries needs it

    try:
        named, _ = detect_encoding(BytesIO(content).readline)
        encoding = codecs.lookup("utf-8" if named == "utf-8-sig" else named).name
        if encoding not in ENCODINGS:
            raise UnreadableError(f"its encoding is {log_line(named, 60)}; allowed are {', '.join(ENCODINGS)}")
        text = content.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise UnreadableError(log_line(str(error), 200)) from None
    return IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
