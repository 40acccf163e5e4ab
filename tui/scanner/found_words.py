"""What answered on a bus, a line for each address: its chip, and who may use it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.segment import Segment
from rich.style import Style

from hostcore.events import Presence
from hostcore.place import BusName
from hostcore.view.scans import Scan, owners
from hostcore.view.view import View
from tui.lines import Line
from tui.look import Look, clickable
from tui.text import fit, safe
from tui.traffic.transfer_words import chip_name
from tui.wrapping import cut

LEAST_FOUND = 20
"""Cells that the list needs beside the grid. If there are fewer, it stands below the words."""
CHIP, SHORT_CHIP, WIDE = 15, 8, 36
"""Cells for the name of a chip, such as ``BME680/BME688``, and fewer in a list that is not `WIDE`."""


def found_lines(view: View, look: Look, scan: Scan | None, width: int) -> Iterator[Line]:
    """Yield a heading, and a line for each address that answered. A click on one is the widget's action ``go``.

    Args:
        view: the state of the host.
        look: the styles.
        scan: the last scan of the bus; None if there was none, which yields nothing.
        width: cells of a line.
    """
    if scan is None or not scan.answering:
        return
    bus = scan.event.bus
    owned = owners(each.facts for each in view.plugins.all() if each.facts)
    findings = view.findings.at_addresses(bus)
    room = CHIP if width >= WIDE else SHORT_CHIP
    yield [Segment(fit("what answered:", width), look.muted)]
    for address in scan.answering:
        names = [safe(each) for each in owned[bus, address].names] if (bus, address) in owned else []
        names += ["the kernel"] if scan.found[address].presence is Presence.KERNEL else []
        is_wrong = address in findings and findings[address].is_grave
        line = [
            Segment(f"0x{address:02x}  ", look.plain if is_wrong else look.good),
            Segment(fit(_chip_name(view, bus, address) or "?", room) + " ", look.plain),
            Segment(", ".join(names) or "no plugin", look.accent if names else look.muted),
        ]
        click = f"go({address})"
        yield cut([Segment(each.text, clickable(each.style or Style(), click)) for each in line], width)


def _chip_name(view: View, bus: BusName, address: int) -> str:
    told = view.scans.identity(bus, address)
    if told is not None and told.chips:
        return safe("/".join(told.chips))
    return chip_name(view.traffic.sites.chip(bus, address))
