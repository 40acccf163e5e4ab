"""What a person types on the ``:`` line of a fleet."""

from __future__ import annotations

from tests.fleet_screen import FleetScreen, drive_fleet
from tests.functional.test_fleet_node_screen import LISTED, attic
from tests.functional.test_fleet_screen import fleet


async def type_line(screen: FleetScreen, line: str) -> None:
    """Type a line after ``:``, and press Enter."""
    await screen.press("colon")
    await screen.type(line)
    await screen.press("enter")
    await screen.look()


def test_a_node_opens_by_its_name_or_its_beginning() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await type_line(screen, "open cel")
        assert "cellar" in screen.lines[0]
        assert screen.source.opened == ["cellar"]
        await type_line(screen, "open barn")
        assert "barn" in screen.lines[0]
        assert screen.source.opened == ["barn"], "the one before is not followed any more"
        await screen.press("escape")
        assert len(screen.table) >= 4

    drive_fleet(scenario, fleet())


def test_without_a_name_the_node_under_the_cursor_is_meant() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("down")
        await type_line(screen, "open")
        assert "barn" in screen.lines[0]

    drive_fleet(scenario, fleet())


def test_a_name_that_no_node_has_is_told_with_likely_ones() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await type_line(screen, "open celler")
        assert "found no node celler; likely meant: cellar" in screen.words
        assert not screen.source.opened

    drive_fleet(scenario, fleet())


def test_a_beginning_that_several_have_opens_none() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await type_line(screen, "open bar")
        assert "several nodes begin so: barn, bard" in screen.words
        assert not screen.source.opened

    source = fleet()
    source.node("bard")
    drive_fleet(scenario, source)


def test_crashes_and_logs_come_over_the_page_of_their_node() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await type_line(screen, "crashes attic")
        await screen.until(lambda: "1 crash on attic" in screen.text)
        await type_line(screen, "log")
        await screen.until(lambda: "Log of attic: for 60 seconds more" in screen.text)
        await screen.press("escape")
        assert "1 Plugins" in screen.text, "the list of crashes has closed"
        assert screen.source.opened == ["attic"]

    source = attic()
    source.answers["crashes"] = {"crashes": [LISTED]}
    drive_fleet(scenario, source)


def test_what_changes_the_nodes_closes_the_page_of_one() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter")
        await type_line(screen, "filter cellar")
        assert screen.table[:2] == ["cellar"]
        assert not screen.source.opened
        await type_line(screen, "filter")
        await type_line(screen, "sort node")
        assert screen.table[:4] == ["attic", "barn", "cellar", "den"]
        await type_line(screen, "tags")
        assert "without a tag" in screen.text

    drive_fleet(scenario, fleet())
