"""The plugin's log. `print` and the standard `logging` module go there too."""

import logging

from wit_world.imports import log as _log


def debug(text: object) -> None:
    """Log at the level debug."""
    _log.write(_log.Level.DEBUG, str(text))


def info(text: object) -> None:
    """Log at the level info."""
    _log.write(_log.Level.INFO, str(text))


def warning(text: object) -> None:
    """Log at the level warning."""
    _log.write(_log.Level.WARNING, str(text))


def error(text: object) -> None:
    """Log at the level error."""
    _log.write(_log.Level.ERROR, str(text))


class LogHandler(logging.Handler):
    """Sends the standard `logging` module's records to the host."""

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        if record.levelno >= logging.ERROR:
            error(text)
        elif record.levelno >= logging.WARNING:
            warning(text)
        elif record.levelno >= logging.INFO:
            info(text)
        else:
            debug(text)
