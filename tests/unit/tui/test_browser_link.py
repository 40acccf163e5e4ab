"""The way from a screen to its browser: in order, from any thread, and bounded."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable

import pytest

from hostcore.errors import HostError
from tui.browser.downloads import MOST_FILES, Downloads
from tui.browser.link import MOST_UNSENT, Link
from tui.browser.page import load_assets


def with_link(scenario: Callable[[Link], Awaitable[None]]) -> None:
    async def play() -> None:
        await scenario(Link(asyncio.get_running_loop()))

    asyncio.run(play())


def test_everything_arrives_in_order_and_bytes_are_joined() -> None:
    async def scenario(link: Link) -> None:
        def write() -> None:
            for piece in (b"a", b"b", '["pong"]', '["x"]', b"c"):
                link.write(piece)

        await asyncio.to_thread(write)
        assert await link.take() == [b"ab", '["pong"]', '["x"]', b"c"]

    with_link(scenario)


def test_what_was_written_before_the_end_still_arrives() -> None:
    async def scenario(link: Link) -> None:
        link.write(b"bye")
        link.end()
        assert await link.take() == [b"bye"]
        assert await link.take() == []

    with_link(scenario)


def test_a_browser_that_takes_nothing_loses_its_screen() -> None:
    async def scenario(link: Link) -> None:
        link.write(bytes(MOST_UNSENT))
        await asyncio.sleep(0)
        assert not link.ended.done()
        link.write(b"1")
        await asyncio.wait({link.ended}, timeout=10)
        assert link.ended.done()

    with_link(scenario)


def test_a_screen_that_outlives_the_web_does_not_fail() -> None:
    links: list[Link] = []

    async def scenario(link: Link) -> None:
        links.append(link)

    with_link(scenario)
    writer = threading.Thread(target=links[0].write, args=(b"late",))
    writer.start()
    writer.join()
    links[0].end()


class TestDownloads:
    def test_each_file_is_fetched_once_by_its_key(self) -> None:
        downloads = Downloads()
        key = downloads.keep("a.csv", b"1")
        found = downloads.take(key)
        assert found is not None and (found.name, found.content) == ("a.csv", b"1")
        assert downloads.take(key) is None
        assert downloads.take("guess") is None

    def test_the_oldest_is_dropped_first(self) -> None:
        downloads = Downloads()
        keys = [downloads.keep(str(number), b"") for number in range(MOST_FILES + 1)]
        assert downloads.take(keys[0]) is None
        assert all(downloads.take(key) for key in keys[1:])


def test_without_textual_serve_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    with pytest.raises(HostError, match=r"needs textual-serve: .* install .*\[screen-web\]"):
        load_assets()
