"""``e``: opens the driver that the chosen row is about in the person's editor, at the line of the row."""

from __future__ import annotations

from textual.binding import Binding

from hostcore.events import PluginCrashed
from hostcore.quick_dataclass import dataclass
from hostcore.view.findings import Findings
from hostcore.view.plugins import PluginStatus
from tui.desk import Desk
from tui.text import safe

EDIT = Binding("e", "edit", "Edit")
"""The key of every list whose rows are about a driver."""


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """A place in a driver."""

    plugin: str
    line: int = 0
    """The line of its file, from 1; 0 for the one of its trouble, if there is any."""


class SourceEditor:
    """Edits the driver of the chosen row. A mix-in for lists and screens with the key `EDIT`.

    Attributes:
        desk: the screen around it.
    """

    desk: Desk

    @property
    def source_place(self) -> SourcePlace | None:
        """The place in a driver that the chosen row is about; None if it is about no driver."""
        raise NotImplementedError

    def action_edit(self) -> None:
        """Open the driver in an editor, or say why that is not possible. The host loads it again when it is saved."""
        place = self.source_place
        plugin = self.desk.view.plugins.get(place.plugin) if place is not None else None
        if place is None or plugin is None:
            self.desk.say("This row is about no driver, so there is nothing to edit")
        elif not is_script(plugin):
            self.desk.say(f"{safe(plugin.name)} is a component, not a Python file")
        else:
            edit_driver(self.desk, plugin, last_crash(plugin), place.line)


def is_script(plugin: PluginStatus) -> bool:
    """Whether an editor can open the plugin's file."""
    return plugin.facts is not None and plugin.facts.path.suffix == ".py"


def last_crash(plugin: PluginStatus) -> PluginCrashed | None:
    """Return the last crash of a plugin; None if there was none."""
    return plugin.crashes[-1] if plugin.crashes else None


def edit_driver(desk: Desk, plugin: PluginStatus, crash: PluginCrashed | None, line: int = 0) -> None:
    """Open the file of a plugin in an editor.

    Args:
        desk: the screen.
        plugin: the plugin.
        crash: the crash that a person looks at; None if there was none.
        line: the line to begin at, from 1; 0 for the one where its trouble is.
    """
    if plugin.facts is not None:
        desk.edit_driver(plugin.facts, line or line_to_edit(plugin, crash, desk.view.findings))


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
