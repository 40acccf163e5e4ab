"""What a person can have a plugin do, wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding, BindingType

from hostcore.errors import HostError
from hostcore.events import State
from hostcore.session import Order

if TYPE_CHECKING:
    from textual.widget import Widget

    from hostcore.view.plugins import PluginStatus
    from tui.app import HostApp

POSSIBLE = {
    Order.START: (State.STOPPED, State.DISCOVERED),
    Order.STOP: (State.LOADING, State.RUNNING, State.BACKOFF, State.QUARANTINED),
    Order.RESTART: (State.RUNNING, State.BACKOFF),
    Order.RELEASE: (State.QUARANTINED,),
}
"""The states in which an order means something."""


class PluginActions:
    """Keys for the plugin that is chosen; mixed into a widget or screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "order('start')", "Start"),
        Binding("x", "order('stop')", "Stop"),
        Binding("r", "order('restart')", "Restart"),
        Binding("u", "order('release')", "Release"),
        Binding("g", "requests", "Requests"),
    ]

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the keys are for."""
        raise NotImplementedError

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action means something for the chosen plugin now."""
        plugin = self.chosen
        if action == "order":
            return plugin is not None and plugin.state in POSSIBLE[Order(str(parameters[0]))]
        return action != "requests" or bool(plugin is not None and plugin.requests)

    def action_order(self, order: str) -> None:
        """Give an order at once: each of them can be taken back."""
        if self.chosen is None:
            return
        app = cast("HostApp", cast("Widget", self).app)
        try:
            app.session.order(self.chosen.name, Order(order))
        except HostError as error:
            app.complain(str(error))

    def action_requests(self) -> None:
        """Look at what the plugin asks for."""
        from tui.plugins.requests import RequestsScreen  # noqa: PLC0415 - the first frame should not wait for it

        if self.chosen is not None and self.chosen.requests:
            cast("Widget", self).app.push_screen(RequestsScreen(self.chosen))
