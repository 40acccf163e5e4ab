"""The source of a library's module, in the encodings that Python people used."""

from __future__ import annotations

import pytest

from hostcore.libraries.python_source import UnreadableError, decoded


@pytest.mark.parametrize(
    "content",
    [
        "degree = '°'\n".encode(),
        b"\xef\xbb\xbf" + "degree = '°'\n".encode(),
        "# -*- coding: utf-8 -*-\ndegree = '°'\n".encode(),
        "# coding: latin-1\ndegree = '°'\n".encode("latin-1"),
        "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\ndegree = '°'\n".encode("cp1252"),
    ],
)
def test_source_may_name_its_encoding(content: bytes) -> None:
    assert decoded(content).splitlines()[-1] == "degree = '°'"


def test_every_line_ends_in_one_way() -> None:
    assert decoded(b"a = 1\r\nb = 2\rc = 3\n") == "a = 1\nb = 2\nc = 3\n"


@pytest.mark.parametrize("name", ["rot13", "hex", "zlib", "punycode", "idna", "utf-7", "undefined", "unicode_escape"])
def test_other_encodings_are_refused_by_name(name: str) -> None:
    with pytest.raises(UnreadableError, match=f"{name.replace('_', '.')}"):
        decoded(f"# coding: {name}\nx = 1\n".encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"# coding: nothing\n", "unknown encoding"),
        (b"x = '\xff'\n", "missing encoding declaration"),
        (b"\n\n\nx = '\xff'\n", "utf-8"),
        (b"\xef\xbb\xbf# coding: latin-1\n", "encoding problem"),
        (b"# coding: ascii\nx = '\xc2\xb0'\n", "ascii"),
    ],
)
def test_a_source_that_contradicts_itself_is_unreadable(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words) as caught:
        decoded(content)
    assert str(caught.value).isprintable()
