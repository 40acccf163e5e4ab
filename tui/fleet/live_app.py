"""A node's own screen over the broker: that of an attached host, whose transfers come only when a person wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual.binding import Binding, BindingType

from hostcore.broker.groups import CommandGroup
from hostcore.events.facts import PluginFacts
from hostcore.fleet.model import NodeStatus
from hostcore.read_only import ReadOnlySession
from hostcore.session import RemoteHost, Session
from tui.attached import AttachedApp
from tui.text import NS_PER_S
from tui.traffic.pane import TrafficPane

if TYPE_CHECKING:
    from tui.actions.action import Action

SECONDS = 600
"""For how long the transfers come. A broker is shared, and there are thousands of them in a minute."""
ON_REQUEST = "Over the broker, transfers come only for a while: Ctrl+T lets them come for ten minutes"

NO_EDITING = "A driver cannot be changed over the broker. Over ssh it can: wasi-host --on NODE, or wasi-host push FILE"

CHANGING = frozenset(CommandGroup) - {CommandGroup.READ}
"""The groups that let a screen change something."""


def as_allowed(session: Session, node: NodeStatus) -> Session:
    """Return the session for the screen of a node: one that only looks, if the node allows no more over the broker."""
    if node.commands & CHANGING:
        return session
    return ReadOnlySession(
        session,
        f"This screen only looks: {node.name} allows no more over MQTT. Open it over ssh, or add groups to commands in "
        "[mqtt] of its host.toml.",
    )


class TrafficSource(Protocol):
    """What lets transfers come. See `hostcore.broker.live.LiveScreen`."""

    def show_traffic(self, seconds: int) -> None:
        """Let them come for so long. Blocks for seconds, and raises `HostError`."""


class LiveApp(AttachedApp):
    """A screen that is attached to a node over the broker.

    Args:
        session: the session of the host.
        remote: the host itself.
        start: lets its events come, the earlier ones first.
        live: lets its transfers come.
        options: those of `HostApp`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "transfers", "Transfers for a while", show=False),
        Binding("q", "quit", "Back"),
    ]
    QUITTING = "Leave this screen; the node goes on"

    def __init__(
        self, session: Session, remote: RemoteHost, start: Callable[[], None], *, live: TrafficSource, **options: Any
    ) -> None:
        super().__init__(session, remote, start, **options)
        self._live = live
        self._until_ns = 0
        """When the transfers end; 0 if nobody has asked for them."""
        self._is_told = False

    @property
    def _left_s(self) -> int:
        """For how many more seconds transfers come."""
        return max(0, -(-(self._until_ns - self._clock()) // NS_PER_S))

    @property
    def badges(self) -> tuple[str, ...]:
        """What the screen says of itself first: for how long transfers still come. See `tui.desk.Desk`."""
        minutes, seconds = divmod(self._left_s, 60)
        return (*super().badges, *((f"TRAFFIC {minutes}:{seconds:02d}",) if self._left_s else ()))

    def update_panes(self) -> None:
        """Bring everything in sight up to date, and tell once how transfers come to a pane that waits for them."""
        super().update_panes()
        is_waiting = self.has_session and isinstance(self.panes.current, TrafficPane) and not self._left_s
        if is_waiting and not self._is_told:
            self.say(ON_REQUEST)
        self._is_told = is_waiting

    def edit_driver(self, driver: PluginFacts, line: int = 0) -> None:
        """Refuse before a person has written anything: a node takes no file over the broker. See `tui.desk.Desk`."""
        if self.may_change():
            self._complain(NO_EDITING)

    def action_transfers(self) -> None:
        """Let transfers come for a while, or no more if they come."""
        seconds = 0 if self._left_s else SECONDS
        self.find_out(lambda: self._live.show_traffic(seconds), lambda _: self._take_traffic(seconds))

    def _take_traffic(self, seconds: int) -> None:
        self._until_ns = self._clock() + seconds * NS_PER_S if seconds else 0
        self.update_panes()

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and the one for transfers."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        words = "End the transfers" if self._left_s else "Let the node's transfers come for ten minutes"
        yield Action("transfers", words, self.action_transfers, "Ctrl+T")
