"""What a plugin prints cannot act on a terminal: its characters are escaped, however they pile up."""

from __future__ import annotations

import pytest

from hostcore.log.safe_text import MAX_MARKS, escaped


class TestEscaping:
    @pytest.mark.parametrize(
        ("char", "shown"),
        [
            ("\x00", r"\x00"),
            ("\x1b", r"\x1b"),
            ("\x7f", r"\x7f"),
            ("\x9b", r"\x9b"),
            ("\xad", r"\xad"),
            ("\u034f", r"\u034f"),
            ("\u200b", r"\u200b"),
            ("\u202e", r"\u202e"),
            ("\u2066", r"\u2066"),
            ("\u2028", r"\u2028"),
            ("\u3164", r"\u3164"),
            ("\ufeff", r"\ufeff"),
            ("\ue000", r"\ue000"),
            ("\ud800", r"\ud800"),
            ("\U000e0041", r"\U000e0041"),
            ("\U000e0100", r"\U000e0100"),
        ],
    )
    def test_what_a_terminal_acts_on_or_does_not_show_is_shown(self, char: str, shown: str) -> None:
        assert escaped(f"a{char}b") == f"a{shown}b"

    @pytest.mark.parametrize(
        "text",
        [
            "21.5 °C, 3 µs, ±2 %",
            "Übergröße",
            "漢字かな한글",
            "😀 ⚠️ 👍🏽 1️⃣",
            "ประเทศไทย",
            "שלום",
            "é as e\u0301",
            "▁▂▃⣿",
        ],
    )
    def test_what_people_write_stays(self, text: str) -> None:
        assert escaped(text) == text

    def test_marks_piled_on_one_character_are_cut_and_counted(self) -> None:
        assert escaped("Z" + "\u0335" * 300 + "algo") == "Z" + "\u0335" * MAX_MARKS + "[296 marks more]algo"

    def test_another_character_begins_a_new_pile(self) -> None:
        text = ("a" + "\u0301" * MAX_MARKS) * 3
        assert escaped(text) == text

    def test_one_mark_more(self) -> None:
        assert escaped("a" + "\u0301" * 5) == "a" + "\u0301" * 4 + "[1 mark more]"
