"""The themes: complete, and readable."""

from __future__ import annotations

import re

import pytest
from textual.theme import Theme

from tui.themes import BY_NAME, THEMES, Colours

AA = 4.5
"""The least contrast of text: WCAG 2.2, success criterion 1.4.3."""
AA_LARGE = 3.0
"""The least contrast of large text and of what is no text."""


def luminance(colour: str) -> float:
    """WCAG 2.2, definition of "relative luminance"."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, definition of "contrast ratio"."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", THEMES, ids=lambda colours: colours.name)
class TestEachTheme:
    def test_names_all_colours(self, colours: Colours) -> None:
        sixteen = colours.sixteen.split()
        others = [colours.ground, colours.panel, colours.frame, colours.ink]
        assert len(sixteen) == 16
        assert [each for each in (*sixteen, *others) if not re.fullmatch("#[0-9a-f]{6}", each)] == []
        assert sixteen[0] == colours.ground and sixteen[7] == colours.ink

    def test_can_be_read(self, colours: Colours) -> None:
        texts = colours.sixteen.split()[1:]
        assert [each for each in texts if contrast(each, colours.ground) < AA] == []
        assert [each for each in texts if contrast(each, colours.panel) < AA_LARGE] == []

    def test_gives_textual_its_accent_and_its_ground(self, colours: Colours) -> None:
        theme: Theme = colours.theme
        cyan = colours.sixteen.split()[6]
        assert (theme.accent, theme.primary, theme.variables["frame-focus"]) == (cyan, cyan, cyan)
        assert (luminance(theme.background or "") < 0.2) == theme.dark == colours.is_dark


def test_there_are_dark_and_light_ones_and_names_differ() -> None:
    assert len(BY_NAME) == len(THEMES)
    assert sum(not each.is_dark for each in THEMES) >= 2 and sum(each.is_dark for each in THEMES) >= 2
