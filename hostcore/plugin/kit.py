"""The kit of one plugin instance."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.access.decisions import Access
from hostcore.buses.call_limit import CallLimit
from hostcore.buses.share import BusShare
from hostcore.events import Event
from hostcore.kept_state.state import KeptState
from hostcore.place import BusName
from hostcore.plugin.stated_values import StatedValues
from hostcore.quick_dataclass import dataclass, field
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.recording.tape import Struck


@dataclass(frozen=True, slots=True)
class Kit:
    """Access, share, limit, events and kept state of one instance. A new instance of the plugin can reuse all but the
    limit."""

    access: Access
    """What the plugin may use."""
    share: BusShare | None
    """The share of bus time; None for no limit."""
    limit: CallLimit
    """How long a call may take."""
    publish: Callable[[Event], None]
    """Takes the events of the transfers."""
    state: KeptState = field(default_factory=KeptState)
    """What the plugin keeps across restarts."""
    simulated: set[BusName] = field(default_factory=set)
    """The simulated buses that the instance has used. All its readings may depend on them, since an instance remembers.
    """
    faulty: set[BusName] = field(default_factory=set)
    """The buses on which faults on demand have struck the instance. All its readings may depend on them, too."""
    struck: Struck = field(default_factory=Struck)
    """Counts the faults on demand that have struck the instance."""
    values: StatedValues = field(default_factory=StatedValues)
    """What the instance states of the values that it publishes."""
    record: Callable[[Header], Recorder] | None = None
    """Begins the recording of the instance; None for none."""

    def recorder(self, header: Header) -> Recorder | None:
        """Begin the recording of the instance; None if it is not recorded."""
        if self.record is None:
            return None
        recorder = self.record(header)
        recorder.tape.struck = self.struck
        return recorder
