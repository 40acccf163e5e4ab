"""The screen of a fleet: all nodes, the worst first, and what is known of each."""

from __future__ import annotations

import pytest

from hostcore.broker.bodies import ShownFinding, TroubledPlugin
from tests.fleet_messages import OTHER_RUN, info
from tests.fleet_screen import BROKER, FleetScreen, ScriptedFleet, drive_fleet
from tui.terminal import Terminal

GAIN = TroubledPlugin("light", "failing", "KeyError: 'gain'")
SILENT_CHIP = ShownFinding("certain", "0x77 is silent, and 0x76 answers as a BME280: wrong address", "bme680")


def fleet() -> ScriptedFleet:
    """Four nodes: one in trouble, one with a finding, one that is gone, and one that is well."""
    source = ScriptedFleet()
    source.node("attic", load=0.3)
    source.node("barn", troubled=(GAIN,), troubled_count=1)
    source.node("cellar", findings=(SILENT_CHIP,), findings_count=1)
    source.node("den")
    source.say("den/status", b"offline")
    return source


def test_the_worst_node_stands_first_with_what_is_wrong() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert screen.table[:4] == ["den", "barn", "cellar", "attic"]
        assert "X OFFLINE" in screen.line("den")
        assert "! TROUBLE" in screen.line("barn", "1 of 2", "light FAILING: KeyError: 'gain'")
        assert "0x77 is silent" in screen.line("cellar", "! FINDINGS")
        assert "+ ok" in screen.line("attic")
        assert "4 nodes: 1 OFFLINE, 1 TROUBLE, 1 FINDINGS" in screen.text
        assert f"Nodes on {BROKER}" in screen.text

    drive_fleet(scenario, fleet(), (120, 40))


def test_a_node_that_says_nothing_is_silent_and_not_well() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert "+ ok" in screen.line("attic")
        await screen.look(80)
        assert "? SILENT" in screen.line("attic")
        assert "1m" in screen.line("attic"), "when it was last heard"

    source = ScriptedFleet()
    source.node("attic")
    drive_fleet(scenario, source)


def test_without_the_broker_nothing_is_told_as_if_it_were_so_now() -> None:
    async def scenario(screen: FleetScreen) -> None:
        screen.source.fleet.disconnected(screen.source.now, "pi5 refuses the connection")
        await screen.look(12)
        assert "NO CONNECTION for 10 s, nothing here is newer: pi5 refuses" in screen.text
        assert "~ was ok" in screen.line("attic")
        assert "~ was TROUBLE" in screen.line("barn")
        assert "X OFFLINE" in screen.line("den")
        screen.source.fleet.connected(screen.source.now)
        screen.source.node("attic")
        await screen.look(1)
        assert "NO CONNECTION" not in screen.text
        assert "+ ok" in screen.line("attic")

    drive_fleet(scenario, fleet())


def test_before_the_first_connection_it_says_what_it_does() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert f"CONNECTING to {BROKER}" in screen.text
        screen.source.fleet.disconnected(screen.source.now, "pi5 does not take the password of pi: see --password-file")
        await screen.look(2)
        assert "NO CONNECTION yet: pi5 does not take the password" in screen.text
        assert "it is tried again: pi5 does not take the password of pi: see --password-file" in screen.words

    drive_fleet(scenario, ScriptedFleet(is_connected=False))


def test_a_broker_without_nodes_says_how_there_can_be_some() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert "turn [mqtt] on in the host.toml of one" in screen.words

    drive_fleet(scenario)


def test_a_row_does_not_move_under_the_hands_of_a_person() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("down")
        assert screen.app._table.chosen is not None
        chosen = screen.app._table.chosen.name
        before = screen.table[:4]
        screen.source.node("attic", troubled=(GAIN,), troubled_count=1)
        await screen.look()
        assert screen.table[:4] == before, "it has just been touched"
        screen.app._table._clock = lambda: 1e12
        await screen.look(1)
        assert screen.table[:4] == ["den", "attic", "barn", "cellar"]
        assert screen.app._table.chosen.name == chosen, "the cursor has gone with its node"

    drive_fleet(scenario, fleet())


def test_before_anyone_touches_it_the_cursor_stays_on_the_worst_node() -> None:
    async def scenario(screen: FleetScreen) -> None:
        screen.source.say("attic/info", info(OTHER_RUN))
        screen.source.say("attic/status", b"offline")
        await screen.look()
        assert screen.app._table.cursor == 0
        assert screen.table[0] == "attic"

    drive_fleet(scenario, fleet())


def test_a_filter_finds_names_tags_plugins_and_findings_and_stays() -> None:
    async def scenario(screen: FleetScreen) -> None:
        for wanted, found in (("garden", ["hut"]), ("light", ["barn"]), ("BME280", ["cellar"]), ("att", ["attic"])):
            await screen.press("slash")
            await screen.paste(wanted)
            await screen.press("enter")
            assert screen.table == found
        screen.source.node("attic-2")
        await screen.look()
        assert screen.table == ["attic", "attic-2"]
        await screen.press("escape")
        assert len(screen.table) >= 5

    source = fleet()
    source.node("hut", facts={"tags": ("garden",)})
    drive_fleet(scenario, source)


def test_a_filter_puts_the_cursor_on_the_first_node_that_passes_and_its_end_leaves_it_there() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("end", "slash")
        await screen.paste("sim")
        assert screen.line("sim-00"), "it is seen while the person types"
        await screen.press("enter")
        assert screen.app._table.chosen is not None
        assert screen.app._table.chosen.name == "sim-00"
        await screen.press("escape")
        assert screen.app._table.chosen.name == "sim-00"
        await screen.press("slash")
        await screen.paste("den")
        await screen.press("enter", "down", "escape")
        assert screen.app._table.chosen.name == "den", "the last row of a short list is not followed"

    source = fleet()
    for number in range(60):
        source.node(f"sim-{number:02}")
    drive_fleet(scenario, source)


def test_nodes_stand_below_their_tags_which_fold() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("g")
        assert screen.table == ["▾", "barn", "attic", "▾", "attic", "▾", "den"]
        assert screen.line("▾ garden", "2 nodes, 1 TROUBLE")
        assert screen.line("▾ house", "1 node")
        assert screen.line("▾ without a tag", "1 node")
        await screen.press("home", "enter")
        assert screen.table == ["▸", "▾", "attic", "▾", "den"]
        await screen.press("g")
        assert screen.table == ["barn", "attic", "den"]

    source = ScriptedFleet()
    source.node("attic", facts={"tags": ("house", "garden")})
    source.node("barn", facts={"tags": ("garden",)}, troubled=(GAIN,), troubled_count=1)
    source.node("den")
    drive_fleet(scenario, source)


def test_columns_sort_the_nodes() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("o")
        assert screen.table == ["a", "b", "c"]
        for _ in range(4):
            await screen.press("o")
        assert "by load" in screen.text
        assert screen.table == ["b", "c", "a"]
        await screen.press("O")
        assert screen.table == ["a", "c", "b"]

    source = ScriptedFleet()
    for name, load in (("a", 0.1), ("b", 0.9), ("c", 0.5)):
        source.node(name, load=load)
    drive_fleet(scenario, source)


def test_a_narrow_first_line_still_says_that_the_nodes_are_simulated() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert screen.lines[0].startswith("  SIMULATED   3 nodes: 1 OFFLINE, 1 TR")

    source = ScriptedFleet()
    for name in ("a", "b", "c"):
        source.node(name, facts={"simulated": ("i2c-1",)}, alarms_count=int(name == "b"))
    source.say("c/status", b"offline")
    drive_fleet(scenario, source, size=(40, 20))


def test_a_version_that_few_nodes_have_is_marked() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert "1.3.0*" in screen.line("c ")
        assert "1.4.0 " in screen.line("a ")
        assert "2 versions" in screen.text

    source = ScriptedFleet()
    source.node("a")
    source.node("b")
    source.node("c", facts={"version": "1.3.0"})
    drive_fleet(scenario, source, (120, 30))


def test_simulated_nodes_say_so() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert "1 SIMULATED" in screen.text
        assert screen.line("S a ")
        await screen.press("down", "home", "enter")
        assert " SIMULATED " in screen.lines[0]

    source = ScriptedFleet()
    source.node("a", facts={"simulated": ("i2c-1",)})
    source.node("b")
    drive_fleet(scenario, source)


SIZES = ((80, 24), (60, 20), (120, 40), (40, 10))
OTHERS = [(size, terminal) for size in SIZES for terminal in (Terminal(is_console=True), Terminal(no_color=True))]


@pytest.mark.parametrize(
    ("size", "terminal"),
    [
        *((size, Terminal()) for size in SIZES),
        *OTHERS[:2],
        *(pytest.param(*each, marks=pytest.mark.thorough) for each in OTHERS[2:]),
    ],
)
def test_every_terminal_shows_the_name_and_the_state(size: tuple[int, int], terminal: Terminal) -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.until(lambda: "X OFFLINE" in screen.line("den"))
        assert all(len(line) <= size[0] for line in screen.lines)
        await screen.press("down", "enter")
        await screen.until(lambda: "barn  ! TROUBLE" in screen.lines[0])
        await screen.press("2", "3", "z", "escape", "escape")
        await screen.until(lambda: "Nodes on" in screen.text)

    drive_fleet(scenario, fleet(), size, terminal)


def test_the_mouse_chooses_opens_and_sorts() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.pilot.click(offset=(5, 5))
        assert screen.app._table.chosen is not None
        assert screen.app._table.chosen.name == "cellar"
        await screen.pilot.click(offset=(screen.lines[2].index("node"), 2))
        assert "by node" in screen.text
        assert screen.table[0] == "attic"
        await screen.pilot.click(offset=(5, 3), times=2)
        assert screen.lines[0].startswith(" attic")

    drive_fleet(scenario, fleet())


def test_a_low_terminal_shows_one_part_of_a_node_at_a_time() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("enter")
        assert "1 Plugins (Tab: 2 Values, 3 Events)" in screen.text
        await screen.press("tab")
        assert "2 Values (Tab: 1 Plugins, 3 Events)" in screen.text
        await screen.press("shift+tab", "shift+tab")
        assert "3 Events (Tab: 1 Plugins, 2 Values)" in screen.text

    drive_fleet(scenario, fleet(), (60, 18))


def test_the_palette_has_what_can_be_done_here() -> None:
    async def scenario(screen: FleetScreen) -> None:
        await screen.press("ctrl+p")
        await screen.until(lambda: "All that is known of a node" in screen.text)
        await screen.type("tags")
        await screen.until(lambda: "All that is known of a node" not in screen.text)
        await screen.press("down", "enter")
        await screen.until(lambda: "by tag" in screen.text)
        screen.app.workers.cancel_all()

    drive_fleet(scenario, fleet())


def test_more_nodes_than_there_is_room_for_are_counted() -> None:
    async def scenario(screen: FleetScreen) -> None:
        assert "no room for" in screen.text

    source = ScriptedFleet()
    source.fleet = type(source.fleet)(most_nodes=3)
    source.fleet.connected(source.now)
    for number in range(9):
        source.node(f"pi{number}")
    drive_fleet(scenario, source, (120, 30))
