"""The screen of a host that does not exist yet: it shows its first frame, and has the host made meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.app import ComposeResult

from hostcore.errors import HostError
from hostcore.quick_dataclass import dataclass
from hostcore.threads import HostThread
from tui.app import HostApp
from tui.kept_keys import KeptKeys
from tui.key_bar import KeyBar
from tui.opening.parts import Expected, opening_parts

if TYPE_CHECKING:
    from hostcore.session import Session
    from tui.layouts.layout import Layout
    from tui.layouts.memory import Memory


@dataclass(frozen=True, slots=True)
class Opened:
    """A host that was made, and the screen that the person wants of it."""

    session: Session
    start: Callable[[], None]
    """Starts the host. It is called when the screen has subscribed to events."""
    memory: Memory
    layout: Layout | None = None
    """The layout to begin with; None for how the screen was left."""


class OpeningApp(HostApp):
    """A screen that has its own host made when its first frame is in sight.

    Keys that are pressed before take effect when there is a host, in their order, except those that leave the screen.

    Args:
        make: makes the host. It is called once, on a thread of its own, and may block and raise.
        expected: what is known of the host.
        theme: the name of the theme that the person chose; "" for none.
        options: those of `HostApp`.

    Attributes:
        refusal: why there is no host; None if there is one, or the screen was left before.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["opening.tcss"]
    """Those of the panes are read when there is a host: Textual takes long to parse them."""

    def __init__(self, make: Callable[[], Opened], expected: Expected, theme: str = "", **options: Any) -> None:
        super().__init__(None, **options)
        self.refusal: HostError | None = None
        self._make, self._expected = make, expected
        self._maker = HostThread(self._open, "opening")
        self._kept = KeptKeys(self, super().on_event)
        self.show_theme(theme)

    def compose(self) -> ComposeResult:
        """The frame of the screen, without a host."""
        yield from opening_parts(self, self._expected, self.size)
        yield KeyBar(self)

    def on_ready(self) -> None:
        """Have the host made as soon as the first frame is in sight. Textual calls this."""
        self.call_after_refresh(self._begin_to_open)

    def _begin_to_open(self) -> None:
        try:
            self._maker.start()
        except HostError as error:
            self._refuse(error)

    def wait_until_made(self) -> None:
        """Block until nothing is being made any more. Call it when the screen has ended."""
        self._maker.join()

    def _open(self) -> None:
        """Make the host, and import what shows it, on the thread for that."""
        try:
            opened = self._make()
            from tui.bars import all as _  # noqa: F401, PLC0415 - the person may press keys while this is imported
        except HostError as error:
            self.call_later(self._refuse, error)
        except Exception as error:  # noqa: BLE001 - a defect ends the screen, and is told
            self.call_later(self._handle_exception, error)
        else:
            self.call_later(self._take_in, opened)

    def _refuse(self, error: HostError) -> None:
        self.refusal = error
        self.exit(1, return_code=1)

    async def _take_in(self, opened: Opened) -> None:
        """Show the host in place of the first frame, and start it."""
        if self._exit or not self.is_running:
            return
        self._start = opened.start
        self.meet(opened.session)
        self.view.connection.is_own = True
        self.remember(opened.memory, opened.layout)
        self.stylesheet.read_all([Path(each) for each in HostApp.CSS_PATH])
        with self.batch_update():
            await self.screen.query("OpeningLine, OpeningPane, #columns, KeyBar").remove()
            await self.screen.mount_all(super().compose())
            self.settle_in()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start the host, and then let the keys that were kept take effect."""
        super()._begin()
        self.call_after_refresh(self._kept.release)

    async def on_event(self, event: events.Event) -> None:
        """Keep keys until there is a host that they can be for. Textual calls this."""
        if self._kept.are_kept and isinstance(event, events.Key) and self._leaves(event.key):
            self.exit(0)
        elif not self._kept.keep(event):
            await super().on_event(event)

    def _leaves(self, key: str) -> bool:
        """Whether a key leaves the screen, and is not part of a text that was begun."""
        return key == "ctrl+c" or (key == "q" and not len(self._kept))
