"""The plugin's log. `print` and the standard `logging` module go there too."""

import logging

from wit_world.imports import log as _log


def _write(level: _log.Level, text: object) -> None:
    _log.write(level, str(text).encode("utf-8", "backslashreplace").decode())  # a lone surrogate is not text


def debug(text: object) -> None:
    """Log `text` at level debug."""
    _write(_log.Level.DEBUG, text)


def info(text: object) -> None:
    """Log `text` at level info."""
    _write(_log.Level.INFO, text)


def warning(text: object) -> None:
    """Log `text` at level warning."""
    _write(_log.Level.WARNING, text)


def error(text: object) -> None:
    """Log `text` at level error."""
    _write(_log.Level.ERROR, text)


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
