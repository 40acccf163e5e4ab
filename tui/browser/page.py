"""The page with the terminal, and its files: xterm.js as textual-serve packs it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from hostcore.errors import HostError
from hostcore.extras import install_command

ASSETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "textual.js": ("js/textual.js", "text/javascript"),
        "xterm.css": ("css/xterm.css", "text/css"),
        "mono.ttf": ("fonts/RobotoMono-VariableFont_wght.ttf", "font/ttf"),
    }
)
"""The files of textual-serve that the page loads: their names, places and types."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page loads nothing from elsewhere. xterm.js writes styles of its own into the page."""
_FOCUS = b"""addEventListener("load", () => setTimeout(() => document.querySelector("textarea").focus()));\n"""
"""The terminal takes keys from the start, without a click."""
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="/screen/files/xterm.css">
<script src="/screen/files/textual.js"></script>
<script src="/screen/files/focus.js"></script>
<style>
@font-face {{ font-family: "Roboto Mono"; src: url("/screen/files/mono.ttf") }}
html, body {{ margin: 0; height: 100%; background: #0c181f; color: #e0e0e0; font: 1rem/1.5 system-ui, sans-serif }}
.textual-terminal {{ position: absolute; inset: 0 }}
.ended {{ display: none; position: absolute; inset: 0; background: #0c181f; padding: 3rem; z-index: 1 }}
body.-closed .ended {{ display: block }}
a {{ color: inherit }}
</style></head>
<body>
<div class="textual-terminal" data-session-websocket-url="{address}" data-font-size="16"></div>
<p class="ended" role="status">The screen has ended. The host may still run: <a href="/screen">open it again</a>.</p>
</body>
</html>
"""


def document(title: str, address: str) -> str:
    """Return the page.

    Args:
        title: its title, as HTML.
        address: the URL of the WebSocket, as HTML.
    """
    return _PAGE.format(title=title, address=address)


def load_assets() -> Mapping[str, tuple[str, bytes]]:
    """Return the type and the content of each file of the page, by its name.

    Raises:
        HostError: textual-serve is not installed, or it has other files.
    """
    try:
        folder = files("textual_serve") / "static"
        loaded = {name: (kind, folder.joinpath(place).read_bytes()) for name, (place, kind) in ASSETS.items()}
    except ModuleNotFoundError:
        raise HostError(f"the screen in a browser needs textual-serve: {install_command('screen-web')}") from None
    except OSError as error:
        raise HostError(
            f"this textual-serve does not have a file that the page needs: {error}; "
            f"{install_command('screen-web')} installs one that does"
        ) from None
    return {**loaded, "focus.js": ("text/javascript", _FOCUS)}
