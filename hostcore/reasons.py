"""The text of an error of a parser or an encoder, in words for a person."""

from __future__ import annotations

import sys


def plain_reason(error: Exception) -> str:
    """Return the text of an error of a parser or an encoder, without words that help only a programmer of this host.

    Python advises to call sys.set_int_max_str_digits if an integer is too long, and names the codec that failed.
    """
    if isinstance(error, UnicodeEncodeError):
        return f"U+{ord(error.object[error.start]):04X} is half of a pair, which is no character"
    text = str(error)
    if "integer string conversion" in text:
        return f"an integer has more than {sys.get_int_max_str_digits()} digits"
    return text
