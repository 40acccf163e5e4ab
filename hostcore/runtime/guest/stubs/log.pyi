"""The plugin's log. `print` and the standard `logging` module go there too."""

def debug(text: object) -> None:
    """Log `text` at level debug."""

def info(text: object) -> None:
    """Log `text` at level info."""

def warning(text: object) -> None:
    """Log `text` at level warning."""

def error(text: object) -> None:
    """Log `text` at level error."""
