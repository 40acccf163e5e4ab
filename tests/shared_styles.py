"""Style sheets that the screens of many tests share, because each would parse the same text again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_PARSED: dict[object, list[RuleSet]] = {}
"""Rules by their text and the variables of their theme. Textual does not change the rules that it has parsed."""
_parse = Stylesheet._parse_rules


@contextmanager
def shared_styles() -> Iterator[None]:
    """Let style sheets with the same variables parse each text once, whichever screen they belong to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", _parsed)
        patch.setattr(RuleSet, "__hash__", object.__hash__)  # its own has the same meaning, but is written in Python
        yield


def _parsed(sheet: Stylesheet, css: str, **place: Any) -> list[RuleSet]:
    key = (css, *place.values(), frozenset(sheet._variables.items()))
    if key not in _PARSED:
        _PARSED[key] = _parse(sheet, css, **place)
    return _PARSED[key]
