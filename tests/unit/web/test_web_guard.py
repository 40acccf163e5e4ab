"""Who may ask for what: names, origins and the token."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.clock import VirtualClock
from hostcore.web.guard import COOKIE, NEEDED, Doorkeeper, Names, Refusal, foreign
from hostcore.web.guesses import MOST_WRONG, PAUSE_SECONDS

TOKEN = "correct-horse-battery"
THERE = "192.168.1.9"
HEADERS = st.dictionaries(
    st.sampled_from(["Host", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Authorization", "Cookie"]),
    st.text(st.characters(exclude_categories=())),
)


def doorkeeper(token: str | None = TOKEN) -> Doorkeeper:
    """One who has not seen anybody yet."""
    return Doorkeeper(token, VirtualClock(), lambda _: None)


def lets_in(doorkeeper: Doorkeeper, headers: dict[str, str]) -> bool:
    return doorkeeper.refusal(headers, THERE) is None


# Names


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:3000", "localhost", "LOCALHOST:9", "localhost.:1", "[::1]", "[::1]:3000"]
)
def test_this_machine_is_called_by_its_loopback_names_at_any_port_as_tunnels_do(host: str) -> None:
    assert Names("127.0.0.1", "raspi").refusal([host]) is None


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:3000",
        "192.168.1.7",
        "raspi",
        "",
        "[::1].evil",
        "[",
        ":",
    ],
)
def test_another_name_that_leads_here_is_refused(host: str) -> None:
    refusal = Names("127.0.0.1", "raspi").refusal([host])
    assert refusal is not None
    assert refusal.status == 421


@pytest.mark.parametrize("host", ["192.168.1.7:3000", "[fe80::1]:3000", "raspi", "raspi.local:3000", "RASPI.home.arpa"])
def test_who_is_open_to_others_is_called_by_address_or_by_the_machines_name(host: str) -> None:
    assert Names("0.0.0.0", "raspi.home.arpa").refusal([host]) is None


def test_and_by_nothing_else() -> None:
    refusal = Names("0.0.0.0", "raspi").refusal(["evil.example"])
    assert refusal is not None
    assert (refusal.status, "'evil.example', allowed are" in refusal.problem) == (421, True)


@pytest.mark.parametrize("hosts", [[], ["localhost", "localhost"], ["localhost", "evil.example"]])
def test_no_host_or_several_are_no_name(hosts: list[str]) -> None:
    refusal = Names("127.0.0.1", "raspi").refusal(hosts)
    assert refusal is not None
    assert refusal.status == 400


# Origins


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:3000"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://LOCALHOST:3000"},
    ],
)
def test_programs_and_our_own_pages_may_post(headers: dict[str, str]) -> None:
    assert foreign("POST", {"Host": "localhost:3000", **headers}) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:4000"},
        {"Origin": "http://localhost"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
    ],
)
def test_pages_of_others_may_not(headers: dict[str, str]) -> None:
    refusal = foreign("POST", {"Host": "localhost:3000", **headers})
    assert refusal is not None
    assert refusal.status == 403


def test_a_link_elsewhere_may_lead_here_but_nothing_may_be_embedded() -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert foreign("GET", link) is None
    assert foreign("GET", {**link, "Sec-Fetch-Dest": "iframe"}) is not None
    assert foreign("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}) is not None


# The token


def test_without_a_token_everybody_is_let_in() -> None:
    assert lets_in(doorkeeper(None), {})
    assert lets_in(doorkeeper(None), {"Authorization": "Bearer x"})


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_a_program_brings_the_token(scheme: str) -> None:
    assert lets_in(doorkeeper(), {"Authorization": f"{scheme} {TOKEN}"})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer \udcff"},
        {"Cookie": f"{COOKIE}={TOKEN}"},
        {"Cookie": f"{COOKIE}="},
        {"Cookie": "]]\x00;=="},
    ],
)
def test_whoever_does_not_know_it_stays_out(headers: dict[str, str]) -> None:
    assert not lets_in(doorkeeper(), headers)


def test_the_cookie_lets_in_without_the_token_and_dies_with_the_host() -> None:
    this = doorkeeper()
    cookie = {"Cookie": f'theme={{"odd": [1]}}; =; x; {COOKIE}={this.cookie}; last'}
    assert lets_in(this, cookie)
    assert not lets_in(doorkeeper(), cookie), "nobody can make it of the token, or guess the token by it"


def test_a_cookie_that_another_port_set_does_not_hide_ours() -> None:
    this = doorkeeper()
    assert lets_in(this, {"Cookie": f"{COOKIE}=theirs; {COOKIE}={this.cookie}"})
    assert not lets_in(this, {"Cookie": f"{COOKIE}=theirs; {COOKIE}="})


def test_the_right_token_lets_in_even_where_wrong_ones_came_from_and_guessing_is_slow() -> None:
    said: list[str] = []
    this = Doorkeeper(TOKEN, VirtualClock(), said.append)
    for number in range(MOST_WRONG):
        assert this.pause(THERE) == 0
        found = this.refusal({"Authorization": f"Bearer {number}"}, THERE)
        assert found is not None
        assert found.status == 401
    assert this.refusal({"Authorization": f"Bearer {TOKEN}"}, THERE) is None
    assert this.pause(THERE) == PAUSE_SECONDS, "for right and wrong ones, so that hanging up early tells nothing"
    assert said == ["10 wrong tokens for the web came from 192.168.1.9; its tokens get slow answers now"]
    assert this.refusal({"Authorization": f"Bearer {TOKEN}"}, "192.168.1.10") is None
    assert this.refusal({"Cookie": f"{COOKIE}={this.cookie}"}, THERE) is None


def test_who_brings_nothing_does_not_guess() -> None:
    this = doorkeeper()
    for _ in range(2 * MOST_WRONG):
        assert this.refusal({"Cookie": f"{COOKIE}=old"}, THERE) == Refusal(401, NEEDED)
    assert this.judge(TOKEN, THERE) is None


# Anything


@given(HEADERS, st.sampled_from(["GET", "POST", ""]))
def test_any_headers_are_judged_and_without_the_token_nobody_gets_in(headers: dict[str, str], method: str) -> None:
    foreign(method, headers)
    Names("127.0.0.1", "raspi").refusal([headers.get("Host", "")])
    assert not lets_in(doorkeeper(), headers)
