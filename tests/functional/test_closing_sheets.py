"""A key that closes a sheet closes that one, and no other."""

from __future__ import annotations

from rich.segment import Segment

from tests.fleet_screen import FleetScreen, drive_fleet
from tests.functional.test_fleet_node_screen import attic
from tui.dialogs import Sheet


def test_a_sheet_that_opens_right_after_the_key_stays_and_nothing_breaks() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("question_mark")
        help_, late = screen.app.screen, Sheet(screen.app, "Late", lambda width: [[Segment("a late answer")]])
        screen.app.open_sheet(late)
        await help_.action_dismiss()  # of the key that was pressed before
        await screen.pilot.pause()
        assert "a late answer" in screen.text
        await screen.press("escape")
        assert "What the nodes of a broker publish" in screen.words
        await screen.press("escape")
        assert "Nodes on" in screen.text

    app = drive_fleet(scenario, attic())
    assert app.defect is None
