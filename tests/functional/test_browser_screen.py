"""The screen in a browser: the same screen, behind the token, for a person who may use the host and nothing else."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from hostcore.config.web import WebSettings
from tests.browser import Browser
from tests.browser_terminal import Terminal, in_terminal
from tests.scripted_session import ScriptedSession, plugin_facts
from tests.transfers import read, transfer, wrote
from tests.waiting import until
from tests.web_visitor import Served, Visitor, serving
from tui.browser.screens import MOST_SCREENS, Opened, Screens
from tui.browser.serve import with_token

pytest_plugins = ["tests.browser_fixture"]
TOKEN = "correct-horse-battery"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
FORM = {"Content_Type": "application/x-www-form-urlencoded"}
UPGRADE = {
    "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip
ADDRESSES = ("/screen", "/screen/socket", "/screen/files/textual.js", "/download/any")


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "browser-screen"]


@dataclass
class Shown:
    """A session whose screen is served."""

    session: ScriptedSession
    served: Served
    told: list[str]
    may_end: threading.Event
    """The sessions of its screens can end while this is set."""

    @property
    def visitor(self) -> Visitor:
        return self.served.visitor


@pytest.fixture
def shown() -> Iterator[Shown]:
    session = ScriptedSession(known=[plugin_facts("light", "i2c:1:0x23")])
    told: list[str] = []
    may_end = threading.Event()
    may_end.set()
    screens = Screens("raspi", lambda: Opened(session, stop=may_end.wait), told.append)
    with serving(WebSettings(port=0, token=TOKEN), session, screens.routes()) as served:
        yield Shown(session, served, told, may_end)
        may_end.set()
        screens.stop()
    until(lambda: not threads(), 5)
    assert told == []


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_nobody_without_the_token(self, shown: Shown, address: str) -> None:
        assert shown.visitor.get(address).status == 401
        assert shown.visitor.get(address, **UPGRADE).status == 401
        assert threads() == []

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_no_page_of_another_site_even_in_a_browser_that_is_logged_in(self, shown: Shown, address: str) -> None:
        answer = shown.visitor.get(address, Origin="http://evil.example", **BEARER, **UPGRADE)
        assert answer.status == 403
        assert threads() == []

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_no_name_that_was_rebound_to_this_machine(self, shown: Shown, address: str) -> None:
        assert shown.visitor.get(address, Host="evil.example", **BEARER, **UPGRADE).status == 421

    def test_a_token_is_made_if_the_settings_have_none(self) -> None:
        made = with_token(WebSettings())
        assert made.enabled and len(made.token or "") == 32
        assert with_token(WebSettings()).token != made.token
        assert with_token(WebSettings(token=TOKEN)).token == TOKEN

    def test_who_logs_in_sees_the_page_that_was_asked_for(self, shown: Shown) -> None:
        assert '<input type="hidden" name="page" value="/screen">' in shown.visitor.get("/screen").text
        answer = shown.visitor.ask("POST", "/login", f"token={TOKEN}&page=/screen".encode(), **FORM)
        assert (answer.status, answer.headers["Location"]) == (303, "/screen")

    @pytest.mark.parametrize(
        "page", ["//evil.example", "http://evil.example", "/\\evil", "javascript:alert(1)", "/a/b"]
    )
    def test_and_never_a_page_of_another_site(self, shown: Shown, page: str) -> None:
        answer = shown.visitor.ask("POST", "/login", f"token={TOKEN}&page={page}".encode(), **FORM)
        assert (answer.status, answer.headers["Location"]) == (303, "/")


class TestThePage:
    def test_loads_nothing_from_elsewhere(self, shown: Shown) -> None:
        page = shown.visitor.get("/screen", **BEARER)
        assert re.findall(r"(?:src|href)=\"([^\"]*)\"|url\(\"([^\"]*)\"\)", page.text)
        assert re.findall(r"[a-z]+://[^\"]*", page.text) == [f"ws://127.0.0.1:{shown.visitor.port}/screen/socket"]
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        for path in re.findall(r"/screen/files/[a-z.]+", page.text):
            assert shown.visitor.get(path, **BEARER).status == 200

    def test_has_no_other_files(self, shown: Shown) -> None:
        for name in ("nope", "..%2fpage.py", "%2e%2e", ""):
            assert shown.visitor.get(f"/screen/files/{name}", **BEARER).status == 404


class TestTheScreen:
    def test_leaves_nothing_behind_if_its_browser_goes_before_it_is_drawn(self, shown: Shown) -> None:
        async def scenario(terminal: Terminal) -> None:
            pass

        for _ in range(3):
            self.play(shown, scenario)
        until(lambda: not threads(), 10)

    def play(self, shown: Shown, scenario: object) -> None:
        in_terminal(shown.visitor.port, BEARER, scenario)  # type: ignore[arg-type]

    def test_shows_the_host_and_takes_keys(self, shown: Shown) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text and "raspi" in terminal.text)
            await terminal.type("?")
            await terminal.until(lambda: "Help" in terminal.text and "PgDn" in terminal.text)
            await terminal.type("\x1b")

        self.play(shown, scenario)

    def test_takes_on_the_size_of_the_browser_within_bounds(self, shown: Shown) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text)
            for size in ((60, 20), (10**9, 10**9), (-1, 0)):
                await terminal.say("resize", {"width": size[0], "height": size[1]})
            terminal.drawn = b""
            await terminal.say("resize", {"width": 120, "height": 40})
            await terminal.until(lambda: b"\x1b[40;" in terminal.drawn)

        self.play(shown, scenario)

    def test_q_closes_the_screen_and_not_the_host(self, shown: Shown) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text)
            await terminal.type("q")
            await terminal.until_it_ends()

        self.play(shown, scenario)
        assert shown.visitor.get("/api/plugins", **BEARER).status == 200
        self.play(shown, lambda terminal: terminal.until(lambda: "Readings" in terminal.text))

    def test_ends_when_its_browser_goes(self, shown: Shown) -> None:
        self.play(shown, lambda terminal: terminal.until(lambda: "Readings" in terminal.text))
        until(lambda: not threads(), 10)

    def test_a_file_that_is_saved_goes_to_the_browser_once_and_not_to_the_computer(
        self, shown: Shown, tmp_path: Path
    ) -> None:
        file = tmp_path / "stolen.jsonl"

        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text)
            await terminal.type("4")
            shown.session.stream.publish(transfer(wrote(0xD0), read(0x61)))
            await terminal.until(lambda: "0x76" in terminal.text)
            await terminal.type("w")
            await terminal.until(lambda: "Save 1 transfer" in terminal.text)
            await terminal.type("j")
            await terminal.until(lambda: " to" in terminal.text.rpartition("Save 1 transfer")[2])
            for keys in ("\x15", str(file), "\r"):
                await terminal.type(keys)
            await terminal.until(lambda: any(each[0] == "deliver_file_start" for each in terminal.messages))
            (key,) = [each[1] for each in terminal.messages if each[0] == "deliver_file_start"]
            answers = [await asyncio.to_thread(shown.visitor.get, f"/download/{key}", **BEARER) for _ in range(2)]
            assert [each.status for each in answers] == [200, 404]
            assert "stolen.jsonl" in answers[0].headers["Content-Disposition"]
            assert json.loads(answers[0].text.splitlines()[0])

        self.play(shown, scenario)
        assert list(tmp_path.iterdir()) == []

    def test_no_editor_starts_on_the_computer(self, shown: Shown) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text)
            for keys in ("2", "e"):
                await terminal.type(keys)
            await terminal.until(lambda: "an editor does not open in a browser" in terminal.text)

        self.play(shown, scenario)

    def test_no_more_than_a_few_are_open_at_once(self, shown: Shown) -> None:
        async def scenario() -> None:
            address = f"http://127.0.0.1:{shown.visitor.port}/screen/socket"
            async with ClientSession(headers=BEARER) as client:
                opened = [await client.ws_connect(address) for _ in range(MOST_SCREENS)]
                assert len(opened) == MOST_SCREENS
                with pytest.raises(WSServerHandshakeError) as refused:
                    await client.ws_connect(address)
                assert refused.value.status == 503

        asyncio.run(scenario())

    def test_a_screen_counts_until_it_has_ended_also_if_its_browser_has_gone(self, shown: Shown) -> None:
        async def scenario() -> int:
            address = f"http://127.0.0.1:{shown.visitor.port}/screen/socket"
            async with ClientSession(headers=BEARER) as client:
                try:
                    await (await client.ws_connect(address)).close()
                except WSServerHandshakeError as refused:
                    return refused.status
            return 0

        shown.may_end.clear()
        assert [asyncio.run(scenario()) for _ in range(MOST_SCREENS + 1)] == [0] * MOST_SCREENS + [503]
        shown.may_end.set()
        until(lambda: asyncio.run(scenario()) == 0, 10)

    @pytest.mark.parametrize(
        "nonsense",
        [
            "",
            "{",
            "[" * 60_000,
            '["stdin", 1]',
            '["resize", {"width": "a"}]',
            "[]",
            "x" * 70_000,
            '["stdin", "\\ud800"]',
        ],
    )
    def test_nonsense_ends_no_more_than_the_screen(self, shown: Shown, nonsense: str) -> None:
        async def scenario(terminal: Terminal) -> None:
            await terminal.until(lambda: "Readings" in terminal.text)
            await terminal.socket.send_str(nonsense)
            await terminal.type("\x03")
            await terminal.until_it_ends()

        self.play(shown, scenario)
        assert shown.visitor.get("/screen", **BEARER).status == 200


class TestARealBrowser:
    def test_draws_the_screen_and_takes_keys_without_a_click(self, shown: Shown, browser: Browser) -> None:
        browser.open(f"http://127.0.0.1:{shown.visitor.port}/screen")
        browser.driver.find_element("name", "token").send_keys(TOKEN)
        browser.do("document.forms[0].submit()")
        browser.wait("document.body.classList.contains('-first-byte')")
        until(lambda: len(threads()) == 1, 10)
        browser.wait("document.activeElement.tagName === 'TEXTAREA'")
        browser.driver.switch_to.active_element.send_keys("q")
        browser.wait("document.body.classList.contains('-closed')")
        blocked = [
            each["message"] for each in browser.driver.get_log("browser") if "Content Security" in each["message"]
        ]
        assert blocked == []
