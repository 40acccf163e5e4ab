"""Finds the place of a death by a repeat of the fatal call."""

from __future__ import annotations

from collections.abc import Callable

from hostcore.plugin.kit import Kit
from hostcore.runtime.loader import Runtime
from hostcore.runtime.tracing import TracedPlace, is_worth_a_repeat
from hostcore.supervisor.kits import silent_log
from hostcore.supervisor.post_mortem import Death, Search


class RepeatLocator:
    """A `DeathLocator` that repeats the call in an instance that reports every step. For the plugin's own thread.

    Args:
        runtime: repeats.
        kit: makes the kit of the repeat. `kit().limit.stop` ends the repeat at once.
    """

    def __init__(self, runtime: Runtime, kit: Callable[[], Kit]) -> None:
        self._runtime, self._kit = runtime, kit

    def search(self, death: Death) -> Search | None:
        """See `DeathLocator`. Only Python in the shared runtime can be repeated.

        A script is not: it would run from its start, for days, and do everything to the hardware again.
        """
        prepared = death.prepared
        if prepared.source is None or death.call == "run":
            return None
        if not is_worth_a_repeat(death.crash, prepared.spec.path.name):
            return None

        def repeat() -> TracedPlace | None:
            return self._runtime.trace(
                prepared,
                self._kit(),
                silent_log(),
                death.crash,
                call=death.call,
                argument=death.argument,
                times=death.times,
            )

        return repeat
