"""The own screen of a node, over the broker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from hostcore.broker.groups import CommandGroup
from hostcore.broker.live import LONGEST_TRAFFIC, LiveScreen
from hostcore.fleet.model import NodeStatus
from hostcore.read_only import ReadOnlySession
from hostcore.session import RemoteHost, Session
from tui.attached import AttachedApp

if TYPE_CHECKING:
    from tui.actions.action import Action

CHANGING = frozenset(CommandGroup) - {CommandGroup.READ}
"""The groups that let a screen change something."""
MINUTES = LONGEST_TRAFFIC // 60
WITHOUT_TRAFFIC = f"The node sends no transfers yet. For those of the next {MINUTES} minutes, type :transfers"


def as_allowed(session: Session, node: NodeStatus) -> Session:
    """Return the session for the screen of a node: one that only looks, if the node allows no more over the broker."""
    if node.commands & CHANGING:
        return session
    return ReadOnlySession(
        session,
        f"This screen only looks: {node.name} allows no more over MQTT. Open it over ssh, or add groups to commands in "
        "[mqtt] of its host.toml.",
    )


class LiveApp(AttachedApp):
    """A screen that is attached to a node over the broker. It gets transfers only when it asks for them.

    Args:
        session: the session of the host.
        remote: the host itself.
        start: lets its events come, the earlier ones first.
        way: the way to the node.
        options: those of `HostApp`.
    """

    def __init__(
        self, session: Session, remote: RemoteHost, start: Callable[[], None], way: LiveScreen, **options: Any
    ) -> None:
        super().__init__(session, remote, start, **options)
        self._way = way

    def on_mount(self) -> None:
        """Say why there are no transfers. Textual also calls this method of the other classes."""
        self.call_after_refresh(self.say, WITHOUT_TRAFFIC)

    def screen_actions(self) -> Iterator[Action]:
        """Yield the actions on the screen as a whole, and those on what the node sends."""
        from tui.actions.action import Action  # noqa: PLC0415 - the first frame should not wait for it

        yield from super().screen_actions()
        title = f"Have the node send the transfers of the next {MINUTES} minutes"
        yield Action("transfers", title, partial(self._send_traffic, LONGEST_TRAFFIC))
        yield Action("transfers end", "Have the node send no more transfers", partial(self._send_traffic, 0))

    def _send_traffic(self, seconds: int) -> None:
        told = f"The node sends its transfers for {MINUTES} minutes" if seconds else "The node sends no more transfers"
        self.attempt(partial(self._way.show_traffic, seconds), lambda: self.say(told))
