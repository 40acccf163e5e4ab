"""An instance that begins with a replay, and then goes on with the plugin's own means."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.buses.call_limit import CallLimit
from hostcore.hostcall import Drop, HostFunctions
from hostcore.recording.model import Header
from hostcore.recording.recorder import Recorder
from hostcore.runtime.instance import Instance
from hostcore.runtime.instances import Means
from hostcore.runtime.plugin import Plugin


class Sleeper:
    """An instance that begins with a replay. Create, use and close it on one thread.

    Args:
        means: what the instance works with when it is awake.
        create: creates it with the functions, the limit and the drop of a replay.
        make: makes the plugin of the instance and its kinds.

    Attributes:
        header: what the instance would begin with if it started as usual.
    """

    def __init__(
        self,
        means: Means,
        create: Callable[[HostFunctions, CallLimit, Drop], Instance],
        make: Callable[[Instance, frozenset[str]], Plugin],
    ) -> None:
        self._means, self._create, self._make = means, create, make
        self.header: Header = means.header()

    def play(self, functions: HostFunctions, limit: CallLimit, drop: Drop) -> Instance:
        """Create the instance. Until it wakes, it has only these functions, and touches nothing.

        Raises:
            PluginCrashedError: it crashed while it started.
        """
        return self._create(functions, limit, drop)

    def wake(self, instance: Instance, provides: frozenset[str], recorder: Recorder) -> Plugin:
        """Let the instance go on with its own means, between two calls.

        Args:
            instance: has played its recording.
            provides: the plugin's kinds.
            recorder: goes on with the recording.
        """
        means = self._means
        instance.go_on_with(means.functions, means.drop, means.limit, recorder)
        return self._make(instance, provides)

    def close(self) -> None:
        """Free the means. Call it if the instance does not wake."""
        self._means.closing()
