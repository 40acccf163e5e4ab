"""What is wrong on the screen: problems in a pane of their own, and the worst ones above every other pane."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hostcore.events import (
    Confidence,
    Counters,
    CountersTaken,
    Finding,
    FindingCleared,
    FindingRaised,
    Outcome,
    ReadingFailed,
    State,
    StateChanged,
    TransferCompleted,
)
from hostcore.place import BusName
from hostcore.session import Order
from tests.screen import NOW, S, Screen, drive
from tests.scripted_session import ScriptedSession, host_facts, plugin_facts
from tests.trouble import SIZES, SLOW, WRONG_ADDRESS, run_air, session, words
from tui.terminal import Terminal


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("terminal", [Terminal(), Terminal(is_console=True)])
def test_whatever_is_shown_the_surest_finding_is_in_sight(size: tuple[int, int], terminal: Terminal) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, SLOW, NOW), FindingRaised(NOW, WRONG_ADDRESS, NOW))
        for pane in "1234568":
            await screen.press(pane)
            assert "Nothing answers at 0x77 on i2c-1, where air looks for its BME680." in words(screen), pane
            assert "certain" in words(screen)

    drive(scenario, session(), size, terminal)


def test_the_lines_above_the_panes_end_with_the_key_that_leads_to_what_to_do() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, SLOW, NOW), FindingRaised(NOW, WRONG_ADDRESS, NOW))
        assert "air is slow: a reading takes 3 s. 8 what to do" in words(screen)

    drive(scenario, session(), size=(80, 24))


def test_the_pane_says_what_to_do_and_shows_the_evidence() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW - 60 * S), FindingRaised(NOW, SLOW, NOW))
        await screen.press("8")
        assert screen.line("-> Change the address to 0x76 in air and in host.toml.")
        assert screen.line("air, since 11:59:00 (1m ago), 1 observation")
        await screen.press("enter")
        assert screen.line("11:59:59", "air line 12", "asked for 1 byte, no-acknowledge")
        await screen.press("escape", "down", "enter")
        assert screen.line("slow-plugin, likely")

    drive(scenario, session(), size=(80, 24))


def test_a_finding_leads_to_the_transfer_of_an_observation_to_its_line_and_to_its_traffic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = TransferCompleted(
        NOW - S, "air", BusName("i2c-1"), 0x77, (), Outcome.NO_ACKNOWLEDGE, "", 1000, sequence=7, source_line=12
    )
    elsewhere = replace(asked, address=0x23, sequence=8)
    unkept = replace(WRONG_ADDRESS.evidence[0], sequence=0, source_line=10, text="multi line 10")

    async def scenario(screen: Screen) -> None:
        edited: list[tuple[str, int]] = []
        monkeypatch.setattr(screen.app, "edit_driver", lambda driver, line=0: edited.append((driver.name, line)))
        finding = replace(WRONG_ADDRESS, evidence=(*WRONG_ADDRESS.evidence, unkept))
        await screen.publish(asked, elsewhere, FindingRaised(NOW, finding, NOW))
        await screen.press("8", "enter", "o")
        assert screen.line("air, i2c-1 0x77"), "the sheet of the transfer"
        await screen.press("escape", "e", "down", "e", "o")
        assert edited == [("air", 12), ("air", 10)]
        assert screen.line("air line 10")
        await screen.press("escape", "t")
        assert "[4 Traffic]" in screen.text
        assert screen.line("i2c-1 0x77", "NO-ACKNOWLEDGE") and "i2c-1 0x23" not in screen.text

    drive(scenario, session(), (100, 30))


def test_a_finding_that_is_open_and_holds_no_longer_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        await screen.press("8", "enter")
        await screen.publish(FindingCleared(NOW, WRONG_ADDRESS))
        assert screen.line("wrong-address, certain, holds no longer")

    drive(scenario, session())


def test_the_evidence_leads_to_the_plugin_and_its_keys_work_there() -> None:
    async def scenario(screen: Screen) -> None:
        loaded = StateChanged(NOW, "air", State.LOADING, State.RUNNING, "loaded")
        await screen.publish(loaded, FindingRaised(NOW, WRONG_ADDRESS, NOW))
        await screen.press("8", "enter")
        assert "Enter Its plugin" in screen.text and "e Edit" in screen.text
        await screen.press("x", "enter")
        assert screen.session.orders == [("air", Order.STOP)]
        assert "Plugin air" in screen.text
        await screen.press("escape", "escape")
        assert "[8 Problems]" in screen.text

    drive(scenario, session(), size=(80, 24))


def test_enter_right_behind_the_number_of_the_pane_opens_the_worst_problem() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        screen.app.action_go_to(8)
        screen.app.focused.action_open()  # type: ignore[union-attr] - before the pane is drawn
        await screen.press("up")
        assert screen.line("wrong-address, certain")

    drive(scenario, session(), size=(80, 24))


def test_the_evidence_of_a_finding_about_no_plugin_leads_to_none() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, Finding("x", "A wire is loose.", "Press.", Confidence.LIKELY), NOW))
        await screen.press("8", "enter")
        assert "Its plugin" not in screen.text and "A wire is loose." in screen.text

    drive(scenario, session(), size=(80, 24))


@pytest.mark.parametrize("size", SIZES)
def test_a_finding_that_holds_no_longer_is_gone(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW), FindingCleared(NOW, WRONG_ADDRESS))
        assert "Nothing answers" not in screen.text
        await screen.press("8")
        assert "Nothing is wrong, as far as the host can tell." in words(screen)

    drive(scenario, session(), size=size)


def test_a_finding_about_the_simulated_pi_says_so() -> None:
    async def scenario(screen: Screen) -> None:
        finding = Finding("x", "A wire is loose.", "Press.", Confidence.LIKELY, is_simulated=True)
        await screen.publish(FindingRaised(NOW, finding, NOW))
        assert "A wire is loose. (simulated)" in words(screen)

    drive(scenario, session(), size=(80, 24))


# Problems that no finding tells of

SYNTAX = "line 3, invalid syntax"


def in_trouble(name: str, state: State, cause: str = "", rejected: str = "") -> StateChanged:
    return StateChanged(NOW, name, State.LOADING, state, cause, rejected=rejected)


@pytest.mark.parametrize("size", SIZES)
def test_a_plugin_in_trouble_is_a_problem_in_every_pane(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(in_trouble("air", State.QUARANTINED, "KeyError: 't' in read, line 7"))
        for pane in "12345":
            await screen.press(pane)
            assert "quarantined air: KeyError: 't' in read, line 7" in words(screen), pane

    drive(scenario, session(), size)


def test_the_worst_is_told_in_full_and_one_line_of_each_of_the_next() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            FindingRaised(NOW, WRONG_ADDRESS, NOW),
            in_trouble("light", State.RUNNING, rejected=SYNTAX),
            in_trouble("rain", State.QUARANTINED, "KeyError"),
        )
        lines = [line for line in screen.lines if line.startswith((" quarantined ", " certain ", " old version "))]
        assert lines[0].startswith(" quarantined rain: KeyError")
        assert lines[1].rstrip().endswith("…")
        assert lines[2].startswith(f" old version light runs its old version; the new one: {SYNTAX}")
        assert screen.line("8 what to do")

    known = [plugin_facts(name) for name in ("air", "light", "rain")]
    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known), (80, 24))


def test_the_area_above_the_panes_is_bounded_and_counts_what_it_leaves_out() -> None:
    async def scenario(screen: Screen) -> None:
        names = [f"plugin{number}" for number in range(9)]
        await screen.publish(*(in_trouble(name, State.QUARANTINED, "KeyError") for name in names))
        shown = [line for line in screen.lines if line.startswith(" quarantined")]
        assert len(shown) == 4
        assert "+5 more, 8 what to do" in shown[-1]

    known = [plugin_facts(f"plugin{number}") for number in range(9)]
    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known), (80, 24))


def test_the_keys_of_a_plugin_work_where_its_problem_stands() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(in_trouble("air", State.QUARANTINED, "KeyError"))
        await screen.press("8")
        assert "u lets it try again" in words(screen)
        await screen.press("u")
        assert screen.session.orders == [("air", Order.RELEASE)]
        await screen.press("enter")
        assert "Plugin air" in screen.text

    drive(scenario, session(), (80, 24))


def test_a_cursor_that_was_moved_stays_on_its_problem() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW), FindingRaised(NOW, SLOW, NOW))
        await screen.press("8", "down")
        await screen.publish(in_trouble("air", State.QUARANTINED, "KeyError"))
        await screen.press("enter")
        assert screen.line("slow-plugin, likely")

    drive(scenario, session(), (80, 24))


def test_the_header_counts_the_worst_by_its_word_and_the_others_where_there_is_little_room() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            FindingRaised(NOW, WRONG_ADDRESS, NOW),
            in_trouble("air", State.RUNNING),
            in_trouble("light", State.RUNNING, rejected=SYNTAX),
            in_trouble("rain", State.QUARANTINED, "KeyError"),
            in_trouble("wind", State.RUNNING),
        )
        assert "1 QUARANTINED +2, 1 running" in screen.lines[0]
        await screen.pilot.resize_terminal(160, 24)
        await screen.pilot.pause()
        assert "1 QUARANTINED, 1 TROUBLE, 1 OLD VERSION, 1 running" in screen.lines[0]

    known = [plugin_facts(name) for name in ("air", "light", "rain", "wind")]
    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known), (70, 24))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_when_all_is_well_the_readings_get_the_space(size: tuple[int, int]) -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        first = next(place for place, line in enumerate(screen.lines) if "1 Readings ═" in line)
        await screen.publish(FindingRaised(NOW, WRONG_ADDRESS, NOW))
        assert "1 Readings ═" not in screen.lines[first]
        await screen.publish(FindingCleared(NOW, WRONG_ADDRESS))
        assert "1 Readings ═" in screen.lines[first]

    drive(scenario, session(), size)


@pytest.mark.parametrize("size", SIZES)
def test_a_plugin_that_only_reports_errors_is_failing_in_its_row_the_header_and_the_strip(
    size: tuple[int, int],
) -> None:
    async def scenario(screen: Screen) -> None:
        await run_air(screen)
        counters = Counters(calls=70, errors=68, errors_in_a_row=68)
        await screen.publish(ReadingFailed(NOW, "air", "checksum of 0x00"), CountersTaken(NOW, "air", counters))
        assert "1 FAILING" in screen.lines[0] and "running" not in screen.lines[0]
        assert "! FAILING" in screen.text if size[0] >= 120 else screen.line("! air FAILING")
        await screen.press("2")
        assert screen.line("air  ", "! FAILING")
        assert "air reports only errors: checksum of 0x00" in words(screen)

    drive(scenario, session(), size)


# Beside what they concern


def test_plugins_in_more_or_less_certain_trouble_are_counted_together() -> None:
    async def scenario(screen: Screen) -> None:
        await screen.publish(
            *(StateChanged(NOW, name, State.LOADING, State.RUNNING, "") for name in ("air", "light")),
            FindingRaised(NOW, WRONG_ADDRESS, NOW),
            FindingRaised(NOW, replace(SLOW, plugin="light"), NOW),
        )
        assert "2 TROUBLE" in screen.lines[0] and "1 TROUBLE" not in screen.lines[0]

    known = [plugin_facts("air"), plugin_facts("light")]
    drive(scenario, ScriptedSession(facts=host_facts(started_ns=NOW), known=known))
