"""The newest page of each plugin that makes pages."""

from __future__ import annotations

from hostcore.events import PageRendered, PluginCrashed, State, StateChanged
from hostcore.events.facts import PluginFacts
from hostcore.view.part import Part, Takers

ENDED = (State.BACKOFF, State.QUARANTINED, State.STOPPED)
"""States of a plugin that has no instance."""
_PAGELESS = (*ENDED, State.LOADING)


class Pages(Part):
    """The pages. A page goes with the instance that made it."""

    def __init__(self) -> None:
        self._pages: dict[str, PageRendered | None] = {}
        """By plugin, the one that made the newest page last; None where its page is gone or has failed."""

    def takes(self) -> Takers:
        return {PageRendered: self.render, StateChanged: self.move, PluginCrashed: self.crash}

    def know(self, plugins: tuple[PluginFacts, ...]) -> None:
        """Forget the pages of plugins that are gone."""
        names = {each.name for each in plugins}
        self._pages = {name: page for name, page in self._pages.items() if name in names}

    def of(self, plugin: str) -> PageRendered | None:
        """The page of this plugin, if it has one."""
        return self._pages.get(plugin)

    @property
    def last_maker(self) -> str:
        """The plugin that made the newest page, whether it still has it or not; "" if none ever made one."""
        return next(reversed(self._pages), "")

    def render(self, event: PageRendered) -> None:
        """A plugin made a page."""
        self._pages.pop(event.plugin, None)
        self._pages[event.plugin] = event

    def move(self, event: StateChanged) -> None:
        """A plugin changed its state."""
        if event.plugin in self._pages and event.after in _PAGELESS:
            self._pages[event.plugin] = None

    def crash(self, event: PluginCrashed) -> None:
        """A plugin that crashes in `render` is one that makes pages."""
        if event.report.call == "render":
            self._pages.setdefault(event.plugin, None)
