"""``T``: steps through what the chosen row is about, a crash, a reading or a transfer, in a replay of its recording."""

from __future__ import annotations

from textual.binding import Binding

from hostcore.events import PluginCrashed, TransferCompleted
from hostcore.view.view import View
from tui.desk import Desk, RecordedPlace

STEP = Binding("T", "step_through", "Step", show=False)
"""The key of every list whose rows are about a crash, a reading or a transfer."""


class TimeTraveller:
    """Steps through the chosen row. A mix-in for lists and screens with the key `STEP`.

    Attributes:
        desk: the screen around it.
    """

    desk: Desk

    @property
    def recorded_place(self) -> RecordedPlace | None:
        """The place in a recording that the chosen row is about; None if it is about none."""
        raise NotImplementedError

    def action_step_through(self) -> None:
        """Leave the screen for the replay, or say why there is none."""
        if (place := self.recorded_place) is None:
            self.desk.say("This row is about nothing recorded: choose a crash, a reading or a transfer")
        else:
            self.desk.step_through(place)


def of_crash(crash: PluginCrashed) -> RecordedPlace:
    """The end of a crash."""
    return RecordedPlace(crash.plugin, crash.report.time_ns, "crash")


def of_transfer(view: View, transfer: TransferCompleted) -> RecordedPlace:
    """The line that made a transfer."""
    return _of_moment(view, transfer.plugin, transfer.time_ns, "transfer")


def of_reading(view: View, plugin: str, time_ns: int) -> RecordedPlace:
    """The call that returned a reading, or its error.

    Args:
        view: knows the plugin's readings and crashes.
        plugin: the plugin's name.
        time_ns: when the reading was published; 0 for the newest.
    """
    times = (source.time_ns for source in view.readings.sources() if source.plugin == plugin)
    moment = time_ns or max(times, default=0)
    return _of_moment(view, plugin, moment, "reading") if moment else RecordedPlace(plugin)


def _of_moment(view: View, plugin: str, time_ns: int, what: str) -> RecordedPlace:
    """A moment is in the recording of the instance that lived then: that of the next crash, or the present one."""
    status = view.plugins.get(plugin)
    crashes = status.crashes if status is not None else ()
    later = (each.report.time_ns for each in crashes if each.report.time_ns >= time_ns)
    return RecordedPlace(plugin, next(later, 0), f"{what}:{time_ns}")
