"""A late pattern does what `re` does, when it is used."""

from __future__ import annotations

import re

import pytest

from hostcore.late_pattern import late_pattern


def test_it_is_compiled_when_it_is_used() -> None:
    wrong = late_pattern("(")
    with pytest.raises(re.error):
        wrong.match("")


def test_it_matches_with_its_flags() -> None:
    pattern = late_pattern(r"([a-z]+)-(\d+)", re.ASCII | re.IGNORECASE)
    found = pattern.fullmatch("LED-12")
    assert found is not None
    assert (found[1], found[2], pattern.pattern, pattern.groups) == ("LED", "12", r"([a-z]+)-(\d+)", 2)
    assert pattern.fullmatch("LED-١") is None
    assert pattern.sub("x", "a-1 b-2") == "x x"
    assert pattern.fullmatch is pattern.fullmatch
