"""Orders to plugins: the same keys in the plugins pane and on the detail screen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hostcore.events import State
from hostcore.session import Order
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk

POSSIBLE = {
    Order.START: (State.STOPPED, State.DISCOVERED),
    Order.STOP: (State.LOADING, State.RUNNING, State.BACKOFF, State.QUARANTINED),
    Order.RESTART: (State.RUNNING, State.BACKOFF),
    Order.RELEASE: (State.QUARANTINED,),
}
"""The states in which an order has an effect."""


class PluginActions:
    """Keys for the chosen plugin. A mix-in for widgets and screens.

    Attributes:
        desk: the screen around the widget.
    """

    desk: Desk

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "order('start')", "Start"),
        Binding("x", "order('stop')", "Stop"),
        Binding("r", "order('restart')", "Restart"),
        Binding("u", "order('release')", "Release"),
        Binding("g", "requests", "Requests"),
        Binding("f", "fetch", "Fetch libraries"),
    ]

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the keys are for."""
        raise NotImplementedError

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action has an effect on the chosen plugin now."""
        plugin = self.chosen
        if action == "order":
            return plugin is not None and plugin.state in POSSIBLE[Order(str(parameters[0]))]
        if action == "fetch":
            return plugin is not None and plugin.lacks_libraries
        return action != "requests" or bool(plugin is not None and plugin.requests)

    def action_order(self, order: str) -> None:
        """Give an order without asking first: each can be undone by another."""
        plugin = self.chosen
        if plugin is not None:
            self.desk.attempt(lambda: self.desk.session.order(plugin.name, Order(order)))

    def action_fetch(self) -> None:
        """Fetch its libraries from the network. It starts when they are here."""
        plugin = self.chosen
        if plugin is not None and plugin.lacks_libraries:
            self.desk.attempt(lambda: self.desk.session.fetch(plugin.name))

    def action_requests(self) -> None:
        """Show what the plugin asks for."""
        from tui.plugins.requests_screen import RequestsScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None and self.chosen.requests:
            self.desk.open_sheet(RequestsScreen(self.desk, self.chosen))
