"""Whether the plugins of a host are loaded."""

from __future__ import annotations

from typing import Any, cast

from hostcore.cli.loading import Loading
from hostcore.clock import VirtualClock
from hostcore.events import State, StateChanged
from hostcore.events.stream import EventStream
from hostcore.host import Host
from tests.evidence import a_plugin


class Starting:
    """A host whose plugins are only known once it has started."""

    def __init__(self) -> None:
        self.stream = EventStream(VirtualClock())
        self.names: tuple[str, ...] = ()

    def subscribe(self, *kinds: type) -> Any:
        return self.stream.subscribe(*kinds)

    def plugins(self) -> list[Any]:
        return [a_plugin(name) for name in self.names]

    def becomes(self, plugin: str, state: State) -> None:
        self.stream.publish(StateChanged(1, plugin, State.DISCOVERED, state, ""))


def started(*names: str) -> tuple[Starting, Loading]:
    host = Starting()
    loading = Loading(cast(Host, host))
    host.names = names
    return host, loading


def test_it_is_over_when_each_plugin_was_loaded_or_could_not_be() -> None:
    host, loading = started("light", "broken")
    host.becomes("light", State.LOADING)
    host.becomes("broken", State.LOADING)
    assert not loading.is_over()
    host.becomes("light", State.RUNNING)
    assert not loading.is_over()
    host.becomes("broken", State.QUARANTINED)
    assert loading.is_over()


def test_a_plugin_that_was_loaded_before_the_first_look_counts() -> None:
    host, loading = started("light")
    host.becomes("light", State.RUNNING)
    assert loading.is_over()


def test_a_plugin_that_comes_later_is_not_waited_for() -> None:
    host, loading = started("light")
    host.becomes("light", State.RUNNING)
    assert loading.is_over()
    host.names = ("light", "later")
    assert loading.is_over()


def test_a_host_without_plugins_has_nothing_to_load() -> None:
    _, loading = started()
    assert loading.is_over()
