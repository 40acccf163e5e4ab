"""The tabs of the host's page. Each is a page of its own with an address, so that it also works without scripts."""

from __future__ import annotations

from enum import Enum

_ALWAYS = (
    "state,failure,plugins,faults,finding,finding-cleared,alarms,alarm,alarm-acknowledged,alarm-cleared,bus-health,"
    "reloaded,recycled,denied,quantities-held,machine,connection-lost,connection-restored,caught-up"
)
"""The events that can change the top of every tab."""


class Tab(Enum):
    """One tab: its address, its name, and the events besides those of every tab that change it."""

    READINGS = ("/", "Readings", "page,problem")
    CHARTS = ("/charts", "Charts", "round,values")
    PLUGINS = ("/plugins", "Plugins", "round,crash,crash-located,fetch-ended")
    HARDWARE = ("/hardware", "Hardware", "round,relay,pwm,leds")
    LOG = ("/log", "Log", "log")

    def __init__(self, address: str, words: str, kinds: str) -> None:
        self.address, self.words = address, words
        self.kinds = f"{_ALWAYS},{kinds}"
        """Names of the events of `hostcore.web.frames` after which a browser asks for the tab again."""


def navigation(chosen: Tab) -> str:
    """The links to all tabs as HTML. They are at the lower edge of a phone, where a thumb is."""
    links = "".join(
        f'<a href="{each.address}"{" aria-current=page" if each is chosen else ""}>{each.words}</a>' for each in Tab
    )
    return f'<nav id="tabs" aria-label="Parts of the page">{links}</nav>'
