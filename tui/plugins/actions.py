"""Orders to plugins: the same keys in the plugins pane and on the detail screen."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from hostcore.events import PluginCrashed, State
from hostcore.session import Order
from hostcore.view.findings import Findings
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
        Binding("f", "fetch", "Fetch libraries"),
        Binding("s", "order('start')", "Start"),
        Binding("x", "order('stop')", "Stop"),
        Binding("r", "order('restart')", "Restart"),
        Binding("u", "order('release')", "Release"),
        Binding("g", "requests", "Grant"),
        Binding("e", "edit", "Edit"),
    ]

    @property
    def chosen(self) -> PluginStatus | None:
        """The plugin that the keys are for."""
        raise NotImplementedError

    @property
    def chosen_crash(self) -> PluginCrashed | None:
        """The crash at whose line an editor begins: the last one; None if there was none."""
        return last_crash(self.chosen) if self.chosen is not None else None

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action has an effect on the chosen plugin now."""
        plugin = self.chosen
        if action == "order":
            return plugin is not None and plugin.state in POSSIBLE[Order(str(parameters[0]))]
        if action == "fetch":
            return plugin is not None and plugin.lacks_libraries
        if action == "edit":
            return plugin is not None and plugin.facts is not None and plugin.facts.path.suffix == ".py"
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

    def action_edit(self) -> None:
        """Open the driver's file in an editor, where its trouble is. The host loads it again when it is saved."""
        plugin = self.chosen
        if plugin is not None and self.allows("edit", ()):
            edit_driver(self.desk, plugin, self.chosen_crash)

    def action_requests(self) -> None:
        """Show what the plugin asks for."""
        if self.chosen is not None and self.chosen.requests:
            answer_requests(self.desk, self.chosen)


def last_crash(plugin: PluginStatus) -> PluginCrashed | None:
    """Return the last crash of a plugin; None if there was none."""
    return plugin.crashes[-1] if plugin.crashes else None


def edit_driver(desk: Desk, plugin: PluginStatus, crash: PluginCrashed | None) -> None:
    """Open the file of a plugin in an editor, where its trouble is.

    Args:
        desk: the screen.
        plugin: the plugin.
        crash: the crash that a person looks at; None if there was none.
    """
    if plugin.facts is not None:
        desk.edit_driver(plugin.facts, line_to_edit(plugin, crash, desk.view.findings))


def answer_requests(desk: Desk, plugin: PluginStatus) -> None:
    """Show what a plugin asks for."""
    from tui.plugins.requests_screen import RequestsScreen  # noqa: PLC0415 - the first frame should not wait for it

    desk.open_sheet(RequestsScreen(desk, plugin))


def line_to_edit(plugin: PluginStatus, crash: PluginCrashed | None, findings: Findings) -> int:
    """Return the line of a plugin's file where its trouble is; 0 if none is known.

    That is the line for which its newest version is not taken, or else that of a crash of the version that is loaded,
    or else of the newest observation of a finding.
    """
    if plugin.broken_line:
        return plugin.broken_line
    if crash is not None and crash.report.line and crash.report.version == plugin.version:
        return crash.report.line
    evidence = [
        each
        for raised in findings.about_plugin(plugin.name)
        for each in raised.finding.evidence
        if each.plugin == plugin.name and each.source_line
    ]
    return max(evidence, key=lambda each: each.time_ns).source_line if evidence else 0
