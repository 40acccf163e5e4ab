"""A page that means harm, in a real browser: it runs nothing, reaches nobody, orders nothing and covers nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from hostcore.clock import RealClock
from hostcore.events import PageRendered, State, StateChanged
from tests.browser import PAGE, Browser
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.web_visitor import Served, serving

pytest_plugins = ["tests.browser_fixture"]

ORDER = "/api/plugins/light/stop"
CLICKABLE = ("top", "blank", "same", "script", "ping", "download", "area", "vector", "form", "local", "image")


class Outside:
    """A server elsewhere, which every connection to it is one too many for.

    Attributes:
        reached: what came over each connection first.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.reached: list[bytes] = []
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Listen no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.reached.append(b"a connection")
            connection.close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    """A server elsewhere."""
    made = Outside()
    yield made
    made.close()


@pytest.fixture
def served() -> Iterator[Served]:
    """A web server whose page plugin is `dashboard`."""
    with serving(session=ScriptedSession(known=[plugin_facts("light"), plugin_facts("dashboard")])) as made:
        made.publish(*(StateChanged(1, name, State.LOADING, State.RUNNING, "") for name in ("light", "dashboard")))
        yield made


def show(served: Served, html: str) -> None:
    """Have the plugin render."""
    served.publish(PageRendered(RealClock().wall_ns(), "dashboard", 1, html))


def harmful(there: str, last_words: str) -> str:
    """All that a page could try without being asked, and things to click on."""
    return f"""<!doctype html><html manifest="{there}"><head>
<meta http-equiv=refresh content="0;url={there}"><meta http-equiv=x-dns-prefetch-control content=on>
<meta http-equiv="Content-Security-Policy" content="default-src *"><base href="{there}/" target=_top>
<link rel=dns-prefetch href="{there}"><link rel=preconnect href="{there}"><LINK/rel=preconnect href="{there}">
<link rel=prefetch href="{there}"><link rel=preload as=image href="{there}"><link rel=modulepreload href="{there}">
<link rel=prerender href="{there}"><link rel=stylesheet href="{there}"><link rel=icon href="{there}">
<style>@import "{there}"; @font-face {{ font-family: x; src: url({there}) }}
body {{ font-family: x; background: url({there}) }}
li {{ list-style: url({there}) }} p::before {{ content: url({there}) }}
a, area, button, input, span {{ display: inline-block; min-width: 4rem; min-height: 1rem }} </style>
<script>parent.harmed = 1; fetch("{there}")</script><script src="{there}"></script>
<script type=speculationrules>{{"prerender": [{{"urls": ["{there}"]}}]}}</script></head>
<body background="{there}" onload="parent.harmed = 2"><ul><li>x</ul>
<img src="{there}" onerror="parent.harmed = 3"><img src=data:, onerror="parent.harmed = 4"><img srcset="{there} 1x">
<iframe src="{there}"></iframe>
<iframe srcdoc="<link rel=preconnect href='{there}'><script>top.harmed = 5</script>"></iframe>
<object data="{there}"></object><embed src="{there}"><video src="{there}" poster="{there}" autoplay></video>
<audio src="{there}" autoplay></audio><input autofocus onfocus="parent.harmed = 6">
<details open ontoggle="parent.harmed = 7">x</details>
<svg onload="parent.harmed = 8"><script>parent.harmed = 9</script><image href="{there}"/><use href="{there}#a"/>
<style>@import "{there}";</style><animate onbegin="parent.harmed = 10"/>
<foreignObject><p><link rel=preconnect href="{there}"></p></foreignObject></svg>
<math href="{there}"><mtext><link rel=preconnect href="{there}"></mtext></math>
<div><template shadowrootmode=open><link rel=preconnect href="{there}"></template></div>
<noscript><link rel=preconnect href="{there}"></noscript>
<form action="{there}" method=post><button id=form>x</button><input id=image type=image alt=x></form>
<form action="{ORDER}" method=post enctype=text/plain><button id=local formtarget=_top>x</button></form>
<a id=top target=_top href="{there}">x</a><a id=blank target=_blank href="{there}">x</a><a id=same href="{there}">x</a>
<A id=script href="javascript:parent.harmed = 11">x</A><a id=ping href="#x" ping="{ORDER} {there}">x</a>
<a id=download download href="{there}">x</a><map name=m><area id=area shape=default href="{there}"></map>
<svg width=40 height=20><a id=vector href="{there}"><text y=15>x</text></a></svg><p>{last_words}</p>"""


def is_unharmed(served: Served, browser: Browser, outside: Outside) -> bool:
    """Whether nothing got out of the frame, and all of the host's page is where it was."""
    assert outside.reached == []
    assert served.session.orders == []
    assert browser.js("window.harmed") is None
    assert browser.js("location.href") == served.server.address
    assert browser.js("document.getElementById('hardware').innerText") == "SIMULATED"
    assert len(browser.driver.window_handles) == 1
    return True


def test_what_a_page_does_by_itself_reaches_nobody(served: Served, browser: Browser, outside: Outside) -> None:
    show(served, harmful(outside.address, "loaded at once"))
    browser.open(served.server.address)
    browser.shows("loaded at once")
    assert is_unharmed(served, browser, outside)

    show(served, f"<p>a harmless page</p>{'<p></p>' * 20}")
    browser.shows("a harmless page")
    show(served, harmful(outside.address, "put into a page that was there"))
    browser.shows("put into a page that was there")
    browser.wait("performance.getEntriesByType('resource').length > 2")
    assert is_unharmed(served, browser, outside)


@pytest.mark.thorough
@pytest.mark.parametrize("how", ["click", "ctrl", "middle"])
def test_what_a_person_clicks_on_leads_nowhere(served: Served, browser: Browser, outside: Outside, how: str) -> None:
    show(served, harmful(outside.address, "click on something"))
    browser.open(served.server.address)
    browser.shows("click on something")
    for name in CLICKABLE:
        browser.click_inside(f"#{name}", how)
    browser.shows("click on something")
    assert is_unharmed(served, browser, outside)


def test_the_plugins_page_cannot_cover_the_hosts_bar(served: Served, browser: Browser) -> None:
    show(served, "<h1 style='position: fixed; inset: -200px; z-index: 9999'>REAL HARDWARE</h1>")
    browser.open(served.server.address)
    browser.shows("REAL HARDWARE")
    bar, frame = (f"document.getElementById('{name}').getBoundingClientRect()" for name in ("host", "page"))
    assert browser.js(f"{frame}.top >= {bar}.bottom")
    assert browser.js("document.elementFromPoint(40, 15).id") == "hardware"


BROKEN = (
    "", "\x00", "<", "<!--", "</body></html><p>late", "<table><b><tr><i></table>", "<p>" * 3000, "<textarea><style>",
    "<plaintext>", "<frameset><frame>", "<select><p><option><hr>", "<svg><p><math><p>", "<template><tr><td>",
    "<p \"<a='1' xlink:b=2>",
)  # fmt: skip


def test_broken_html_is_followed_by_any_other_page(served: Served, browser: Browser) -> None:
    show(served, "<h1>whole</h1>")
    browser.open(served.server.address)
    for html in BROKEN:
        browser.shows("whole")
        show(served, html)
        browser.wait(f"!{PAGE}.body.innerHTML.includes('whole')", html)
        show(served, "<h1>whole</h1>")
        browser.wait(f"{PAGE}.body.innerHTML === '<h1>whole</h1>'", html)
