"""The host's page as text: what stands in it, and that nothing a stranger wrote becomes a part of it."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.backends.base import BackendKind
from hostcore.events import Confidence, Evidence, Finding, State
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from hostcore.view.condition import Condition
from hostcore.web.page import HEADERS, STATIC, PluginRow, defused, shell
from hostcore.web.page.document import LONGEST_PAGE, ORDERS, SIGNS
from tests.scripted_session import host_facts
from tui.plugins.actions import POSSIBLE

FACTS = host_facts()
EVIL = "\"'><script>alert(1)</script>"
FORBIDDEN = (
    "link", "meta", "base", "script", "iframe", "frame", "frameset", "object", "embed", "fencedframe", "portal", "area",
    "math", "template", "a",
)  # fmt: skip


def frame_of(document: str) -> str:
    """The HTML in the frame."""
    (found,) = re.findall(r'<iframe id="page"[^>]* sandbox="allow-same-origin" srcdoc="([^"]*)"></iframe>', document)
    return unescape(found)


# The document


def test_the_plugins_html_is_in_the_answer_and_in_a_frame_that_may_do_nothing() -> None:
    html = '<p class="x">it\'s 5 &lt; 6 &amp;amp; <b>more</b></p>'
    assert frame_of(shell(FACTS, [], html, "")) == html


@given(html=st.text())
def test_no_html_breaks_out_of_the_frame(html: str) -> None:
    document = shell(FACTS, [], html, "")
    assert frame_of(document) == defused(html)
    assert document.count("<script") == 1, "the host's own"


def test_where_there_is_no_page_it_says_why() -> None:
    document = shell(FACTS, [], None, f"dashboard crashed: {EVIL}")
    assert f"<p>dashboard crashed: {escape(EVIL)}</p>" in document
    assert "<iframe" not in document
    assert "No page has been rendered yet." in shell(FACTS, [], None, "")


def test_an_old_page_is_shown_with_a_warning() -> None:
    document = shell(FACTS, [], "<p>old</p>", f"it hangs {EVIL}")
    assert f"This page is old: it hangs {escape(EVIL)}" in document
    assert frame_of(document) == "<p>old</p>"
    assert "This page is old" not in shell(FACTS, [], "<p>new</p>", "")


def test_a_page_that_could_stop_the_browser_is_not_sent_there() -> None:
    assert "<iframe" in shell(FACTS, [], "x" * LONGEST_PAGE, "")
    document = shell(FACTS, [], "x" * (LONGEST_PAGE + 1), "")
    assert "has 1,048,577 characters; 1,048,576 are allowed" in document
    assert "<iframe" not in document


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (("simulated", "simulated"), 'class="simulated">SIMULATED<'),
        (("simulated", "linux"), 'class="simulated">PARTLY SIMULATED<'),
        (("linux", "linux"), 'class="real">REAL HARDWARE<'),
    ],
)
def test_it_says_whether_the_hardware_is_real(kinds: tuple[str, ...], words: str) -> None:
    facts = replace(FACTS, buses=tuple(BusFacts(BusName.i2c(at), BackendKind(kind)) for at, kind in enumerate(kinds)))
    assert words in shell(facts, [], "", "")


def test_plugins_are_counted_by_state_the_worst_first() -> None:
    rows = [
        PluginRow(name, state, Condition(state.value), "")
        for name, state in zip("abcd", [State.RUNNING] * 3 + [State.BACKOFF], strict=True)
    ]
    document = shell(FACTS, rows, "", "")
    states = re.search(r'<p id="states" role="status">(.*?)</p>', document)
    assert states is not None
    assert re.sub("<.*?>", "", states[1]) == "! 1 backoff ✓ 3 running"
    assert "no plugins" in shell(FACTS, [], "", "")


def test_a_plugin_in_trouble_is_not_counted_among_those_that_run() -> None:
    rows = [
        PluginRow("air", State.RUNNING, Condition.FAILING, "Nothing answers."),
        PluginRow("light", State.RUNNING, Condition.RUNNING, "loaded"),
        PluginRow("rain", State.BACKOFF, Condition.BACKOFF, "crashed"),
    ]
    document = shell(FACTS, rows, "", "")
    states = re.search(r'<p id="states" role="status">(.*?)</p>', document)
    assert states is not None
    assert re.sub("<.*?>", "", states[1]) == "! 1 backoff ! 1 failing ✓ 1 running"
    row = next(each for each in document.split("<li") if 'id="plugin-air"' in each)
    assert "✓" not in row and "Nothing answers." in row


def test_a_plugin_in_trouble_is_told_with_its_reason_unless_a_finding_tells_it() -> None:
    rows = [
        PluginRow("air", State.RUNNING, Condition.OLD_VERSION, "old version; the new one: line 3"),
        PluginRow("light", State.RUNNING, Condition.TROUBLE, "A wire is loose."),
        PluginRow("rain", State.QUARANTINED, Condition.QUARANTINED, EVIL),
        PluginRow("wind", State.RUNNING, Condition.RUNNING, "loaded"),
    ]
    finding = Finding("x", "A wire is loose.", "Press it.", Confidence.CERTAIN)
    document = shell(FACTS, rows, "", "", findings=(finding,))
    (block,) = re.findall(r'<ul id="troubled" role="alert">(.*?)</ul>', document)
    told = [re.sub("<.*?>", "", each) for each in re.findall("<li>(.*?)</li>", block)]
    assert told[0].startswith("✗ quarantined: rain ") and EVIL not in block
    assert told[1:] == ["! old version: air old version; the new one: line 3"]
    assert "troubled" not in shell(FACTS, rows[3:], "", "").replace("/static", "")


def test_the_surest_finding_is_in_sight_and_all_are_listed_with_what_to_do() -> None:
    certain = Finding("x", "A wire is loose.", "Press it.", Confidence.CERTAIN, (Evidence("3 of 4 failed"),))
    likely = Finding("y", "It is slow.", "Wait.", Confidence.LIKELY, is_simulated=True)
    document = shell(FACTS, [], "", "", findings=(certain, likely))
    assert '<summary role="alert">✗ certain: A wire is loose. <small>+1 more</small></summary>' in document
    assert "→ Press it.<ul><li>3 of 4 failed</li></ul>" in document
    assert "! likely: It is slow. (simulated)" in document
    assert 'id="findings"' not in shell(FACTS, [], "", "")


def test_many_findings_are_counted() -> None:
    found = [Finding(f"kind-{each}", "A.", "B.", Confidence.LIKELY) for each in range(20)]
    assert "and 4 more: /api/findings lists them" in shell(FACTS, [], "", "", findings=found)


def test_findings_are_escaped() -> None:
    evil = Finding("x", EVIL, EVIL, Confidence.CERTAIN, (Evidence(EVIL),))
    document = shell(FACTS, [PluginRow("air", State.RUNNING, Condition.TROUBLE, EVIL)], "", "", findings=(evil,))
    assert document.count("<script") == 1
    assert document.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 5


def test_every_state_has_a_sign_and_the_orders_that_mean_something() -> None:
    assert set(SIGNS) == set(Condition)
    assert {(state, order) for state, orders in ORDERS.items() for order in orders} <= {
        (state, order) for order, states in POSSIBLE.items() for state in states
    }
    assert all(ORDERS[state] for state in State)


def test_what_strangers_named_is_escaped() -> None:
    facts = replace(FACTS, host_name=EVIL)
    document = shell(facts, [PluginRow(EVIL, State.QUARANTINED, Condition.QUARANTINED, EVIL)], "", EVIL)
    assert document.count("<script") == 1
    assert document.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6


def test_without_scripts_the_browser_asks_again_by_itself() -> None:
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shell(
        replace(FACTS, interval=4.2), [], "", ""
    )


# The fence


def test_the_policy_lets_nothing_in_but_the_hosts_own_script_and_style() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "data:",
        "connect-src": "'self'",
        "frame-src": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


class Elements(HTMLParser):
    """The names of all elements that a document begins."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)


PIECES = st.sampled_from(
    [f"<{name}" for name in FORBIDDEN]
    + [f"</{name}>" for name in FORBIDDEN]
    + [*"<>/! \t\n\f\r\0'\"=-abr", "<!--", "]]>"]
)


@given(pieces=st.lists(PIECES))
def test_no_mixture_of_signs_makes_a_forbidden_element(pieces: list[str]) -> None:
    html = "".join(each.upper() if at % 3 == 1 else each for at, each in enumerate(pieces))
    safe = defused(html)
    assert re.search(rf"<(?:{'|'.join(FORBIDDEN)})(?=[\t\n\f\r />])", safe, re.IGNORECASE) is None
    assert not {*Elements(safe).names} & {*FORBIDDEN}
    assert defused(safe) == safe


def test_links_become_text_and_forbidden_elements_comments() -> None:
    assert defused("<p>see <a href=x>this</a></p>") == "<p>see <span href=x>this</span></p>"
    assert defused("<LINK rel=preconnect href=x>") == "<!LINK rel=preconnect href=x>"


def test_what_a_script_would_run_is_no_text_of_the_page() -> None:
    html = "<body><script>\nif (1 < 2) fetch('/');\n</script><p>5</p><SCRIPT src=x></SCRIPT ><b onclick=x>6</b>"
    assert defused(html) == "<body></script><p>5</p></SCRIPT ><b onclick=x>6</b>"
    assert defused("<svg><script>run()</svg>") == "<svg>", "as in a browser, where one without an end has the rest"
    assert defused("<scr<script></script>ipt>") == "<scr</script>ipt>", "and what is left is no other"
    assert defused("<<script>x</script>script>y") == "<</script>script>y"


def test_a_page_that_is_hard_to_search_takes_no_longer() -> None:
    for piece in ("<script", "</script", "<script>", "<script></script>", "<"):
        defused(piece * (LONGEST_PAGE // len(piece)))


def test_all_other_html_is_left_as_it_is() -> None:
    html = (
        "<!doctype html><html lang=en><head><title>a < b</title><style>a > b {}</style></head><body><article><aside>"
        "<abbr title='<x>'>x</abbr><audio></audio><address></address><b>1</b><br><svg><animate/></svg><!-- c --></body>"
    )
    assert defused(html) == html


# The files


def test_the_files_that_the_page_names_are_there() -> None:
    named = re.findall(r'"/static/([^"]+)"', shell(FACTS, [], "", ""))
    assert sorted(named) == sorted(STATIC)
    assert {name: content_type for name, (content_type, _) in STATIC.items()} == {
        "shell.css": "text/css; charset=utf-8",
        "live.js": "text/javascript; charset=utf-8",
    }
    assert all(content for _, content in STATIC.values())


def test_they_load_nothing_from_elsewhere() -> None:
    for _, content in STATIC.values():
        assert not re.search(rb"https?:|@import|url\(|eval|innerHTML|document\.write", content)
