"""The contract's exports in the form that componentize-py needs: one class for each interface. All share one plugin."""

from plugin_code import PluginCode

PLUGIN = PluginCode()


class Driver:
    """Interface `driver`."""

    def read(self) -> str:
        return PLUGIN.read()


class Display:
    """Interface `display`."""

    def update(self, readings: str) -> None:
        PLUGIN.update(readings)


class Page:
    """Interface `page`."""

    def render(self, readings: str) -> str:
        return PLUGIN.render(readings)
