"""The contract's exports, as componentize-py wants them: one class an interface, all around one plugin."""

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
