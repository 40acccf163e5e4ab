"""The displays on the buses as pictures on the host's page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence

from hostcore.view.displays import Display
from hostcore.view.png import png_of
from hostcore.web.page.words import ago, plain


def displays_block(displays: Sequence[Display], now_ns: int) -> str:
    """Return every display that was written to as a picture within HTML; "" if there is none.

    Args:
        displays: the displays.
        now_ns: the wall clock.
    """
    return (
        f'<section id="displays"><h2>Display</h2>{"".join(_display(each, now_ns) for each in displays)}</section>'
        if displays
        else ""
    )


def _display(display: Display, now_ns: int) -> str:
    picture = display.picture()
    place = f"{display.bus} 0x{display.address:02x}"
    data = b64encode(png_of(picture, scale=1)).decode("ascii")
    words = [plain(place), f"{picture.width} x {picture.height}", *([] if picture.on else ["off"])]
    words += [f"written {ago(display.last_ns, now_ns)}", *(["simulated"] if display.is_simulated else [])]
    return (
        f'<figure id="display-{display.bus}-{display.address}"><img alt="What the display at {plain(place)} shows" '
        f'width="{picture.width}" height="{picture.height}" src="data:image/png;base64,{data}">'
        f"<figcaption>{', '.join(words)}</figcaption></figure>"
    )
