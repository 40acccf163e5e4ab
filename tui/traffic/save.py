"""Saves transfers to a file: asks for a format and a name, and writes while the screen lives on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

from hostcore.events import TransferCompleted
from hostcore.export.formats import Format, writer_of
from hostcore.export.writer import Writer
from hostcore.place import BusName
from tui.desk import Desk
from tui.document import Document, wrapped
from tui.lines import Line
from tui.text import counted

KEYS = {"p": Format.PCAPNG, "v": Format.VCD, "s": Format.SR, "c": Format.CSV, "j": Format.JSONL}
"""The key of each format."""
MOST_BYTES = 128 << 20
"""The most bytes of a file that the screen writes, because it holds them in memory. ``wasi-host capture`` does not."""


class FormatChoice(ModalScreen[Format]):
    """Asks for the format of a file.

    Args:
        desk: the screen around it.
        count: how many transfers will be written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Before those of the document, where j moves down.
        *(Binding(key, f"choose('{form}')", form.value, priority=True) for key, form in KEYS.items()),
        Binding("escape,q,enter", "dismiss", "Cancel", key_display="Esc"),
    ]

    def __init__(self, desk: Desk, count: int) -> None:
        super().__init__()
        self._count = count
        self._document = Document(desk)

    def compose(self) -> ComposeResult:
        """The formats."""
        yield self._document

    def on_mount(self) -> None:
        """Write the title into the frame."""
        self._document.border_title = Content(f"Save {counted(self._count, 'transfer')} as")
        self._document.focus()

    def on_resize(self) -> None:
        """Wrap the text for the new width."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        look, width = self._document.look, self._document.content_size.width or 50
        lines: list[Line] = []
        for key, form in KEYS.items():
            first, *rest = wrapped(form.purpose, look.plain, width - 10)
            lines.append([Segment(f"{key} ", look.key), Segment(f"{form:8}"), *first])
            lines += [[Segment(" " * 10), *line] for line in rest]
        self._document.show([*lines, [], [Segment("Esc", look.key), Segment(" Cancel")]])

    def action_choose(self, form: str) -> None:
        """Close with a format."""
        self.dismiss(Format(form))


def save_traffic(pane: Widget, desk: Desk, transfers: Sequence[TransferCompleted]) -> None:
    """Ask for a format and a file, and write transfers into it. Returns at once.

    Args:
        pane: does the work in the background.
        desk: the screen around it.
        transfers: the transfers, in the order of time.
    """
    if not transfers:
        desk.say("There is no traffic to save")
        return
    if not desk.may_save():
        return

    async def ask_for_file(form: Format) -> None:
        name = f"traffic-{datetime.now():%Y%m%d-%H%M%S}.{form}"
        question = f"Save {counted(len(transfers), 'transfer')} to"

        def write(file: str) -> None:
            pane.run_worker(_write(desk, form, file, transfers))

        await desk.ask(question, name, done=write)

    def chosen(form: Format | None) -> None:
        if form is not None:
            pane.run_worker(ask_for_file(form))

    desk.open_sheet(FormatChoice(desk, len(transfers)), chosen)


async def _write(desk: Desk, form: Format, file: str, transfers: Sequence[TransferCompleted]) -> None:
    if not file.strip():
        return
    writer = writer_of(form, desk.view.facts.buses, _speeds(desk))
    content = bytearray(writer.begin())
    notes = list[str]()
    for number, transfer in enumerate(transfers):
        if len(content) > MOST_BYTES:
            left_out = counted(len(transfers) - number, "transfer")
            notes.append(f"{left_out} left out: large files are for wasi-host capture")
            break
        content += writer.take(transfer)
        await asyncio.sleep(0)  # let the screen live
    content += writer.end()
    desk.save(file, bytes(content), _about(writer, notes))


def _about(writer: Writer, notes: Sequence[str]) -> str:
    """Return the words before the name of the file."""
    written = counted(writer.written, "transfer")
    return " ".join([*(f"{note[0].upper()}{note[1:]}." for note in (*writer.notes(), *notes)), f"{written} are"])


def _speeds(desk: Desk) -> dict[BusName, int]:
    """Return the clocks of the buses that tell one."""
    return {
        status.name: status.measured.configured_hz
        for status in desk.view.health.all()
        if status.measured is not None and status.measured.configured_hz
    }
