"""The bars above the panes, from the top to the bottom."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from tui.bars.connection_line import ConnectionLine
from tui.bars.fault_line import FaultLine
from tui.bars.held_line import HeldLine
from tui.bars.plugin_strip import PluginStrip
from tui.bars.problem_lines import ProblemLines
from tui.bars.status_line import StatusLine
from tui.bars.tab_bar import TabBar
from tui.bars.welcome import Welcome
from tui.bars.work_line import WorkLine
from tui.desk import Desk
from tui.panes import Panes
from tui.requests import Requests


def bars_of(desk: Desk, panes: Panes, requests: Requests) -> Iterator[Widget]:
    """Yield the bars. Most are shown only while they have something to say.

    Args:
        desk: the screen around them.
        panes: the panes below them.
        requests: the requests to a host in another process.
    """
    yield StatusLine(desk)
    yield ConnectionLine(desk, requests)
    yield FaultLine(desk)
    yield HeldLine(desk)
    if desk.view.facts.is_shipped_config:
        yield Welcome(desk)
    yield WorkLine(desk)
    yield PluginStrip(desk)
    yield TabBar(desk, panes)
    yield ProblemLines(desk, panes)
