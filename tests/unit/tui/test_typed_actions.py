"""What a typed line means: the action that it names, how it could go on, what is wrong with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.actions.action import Action, key_of
from tui.actions.grammar import choices_for, completed, understand
from tui.plugins.pane import PluginsPane
from tui.traffic.pane import TrafficPane


def action(words: str, takes: str = "", problem: str = "") -> Action:
    return Action(words, words.capitalize(), lambda: None, takes=takes, problem=problem)


ACTIONS = [
    action("restart light"),
    action("restart air"),
    action("release light", problem="light is running."),
    action("scan i2c-1"),
    action("reset"),
    action("sort value of"),
    action("filter", takes="TEXT"),
    action("layout"),
    action("layout save", takes="NAME"),
    action("layout night"),
    action("quit"),
]


def meant(typed: str) -> tuple[str, str]:
    understood = understand(ACTIONS, typed)
    assert understood.action is not None, understood.problem
    return understood.action.words, understood.text


@pytest.mark.parametrize(
    ("typed", "words", "text"),
    [
        ("restart light", "restart light", ""),
        ("  RESTART   Light ", "restart light", ""),
        ("rest l", "restart light", ""),
        ("sc", "scan i2c-1", ""),
        ("q", "quit", ""),
        ("sort value", "sort value of", ""),
        ("filter", "filter", ""),
        ("filter temp  or  hum", "filter", "temp  or  hum"),
        ("fi temp", "filter", "temp"),
        ("layout", "layout", ""),
        ("layout save by night", "layout save", "by night"),
        ("layout night", "layout night", ""),
    ],
)
def test_a_line_names_an_action_and_words_may_be_shortened(typed: str, words: str, text: str) -> None:
    assert meant(typed) == (words, text)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("restrat light", "No action begins with 'restrat'. Likely meant: restart, reset."),
        ("restart lihgt", "No action has 'lihgt' after 'restart'. Likely meant: light."),
        ("restart moon", "No action has 'moon' after 'restart'. Possible: light, air."),
        ("restart light now", "Nothing can follow 'restart light': leave out 'now'."),
        ("restart", "Several actions begin so: restart light, restart air."),
        ("release light", "light is running."),
        (
            "xyz\x1b[2J",
            r"No action begins with 'xyz\x1b[2J'. Possible: restart, release, scan, reset, sort and 3 more.",
        ),
    ],
)
def test_a_wrong_line_gets_a_sentence(typed: str, problem: str) -> None:
    understood = understand(ACTIONS, typed)
    assert (understood.action, understood.problem) == (None, problem)


def test_what_is_not_possible_now_does_not_make_a_short_word_ambiguous() -> None:
    assert meant("re l") == ("restart light", "")


def test_an_empty_line_means_nothing_and_is_no_mistake() -> None:
    assert understand(ACTIONS, "  ") == understand([], "")


def texts(typed: str) -> list[str]:
    return [choice.text for choice in choices_for(ACTIONS, typed)]


def test_choices_go_on_by_a_word_and_leave_out_what_is_not_possible() -> None:
    assert texts("") == ["restart", "scan i2c-1", "reset", "sort value of", "filter", "layout", "quit"]
    assert texts("re") == ["restart", "reset"]
    assert texts("restart ") == ["restart light", "restart air"]
    assert texts("restart a") == ["restart air"]
    assert texts("layout ") == ["layout save", "layout night"]


def test_choices_say_how_they_go_on() -> None:
    restart, _, _, _, look, layout, _ = choices_for(ACTIONS, "")
    assert (restart.meaning, restart.goes_on) == ("2 actions", True)
    assert (look.takes, look.goes_on) == ("TEXT", False)
    assert (layout.meaning, layout.goes_on) == ("Layout", True)


def test_if_nothing_begins_with_the_words_what_contains_them_is_offered() -> None:
    assert texts("light") == ["restart light"]
    assert texts("moon") == []


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("r", "res"), ("rest", "restart "), ("restart l", "restart light"), ("sc", "scan i2c-1"), ("fi", "filter "),
        ("moon", "moon"), ("light", "restart light"),
    ],
)  # fmt: skip
def test_completion_types_what_all_choices_have_in_common(typed: str, expected: str) -> None:
    assert completed(choices_for(ACTIONS, typed), typed) == expected


@given(st.text())
def test_every_text_means_an_action_or_gets_a_sentence_or_is_blank(typed: str) -> None:
    understood = understand(ACTIONS, typed)
    assert understood.action or understood.problem or not typed.split()
    assert (understood.problem + " ").isprintable()
    assert all(choice.text for choice in choices_for(ACTIONS, typed))


def test_the_key_of_an_action_is_that_of_its_binding_also_of_a_base() -> None:
    assert key_of(PluginsPane, "order('restart')") == "r"
    assert key_of(TrafficPane, "filter") == "/"
    assert key_of(TrafficPane, "dance") == ""
