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
from hostcore.events import State
from hostcore.events.facts import BusFacts
from hostcore.place import BusName
from hostcore.view.condition import Condition
from hostcore.web.frames import KINDS
from hostcore.web.page import HEADERS, SCRIPT, STATIC, PluginRow, Tab, Top, defused, sheet, shell
from hostcore.web.page.document import LONGEST_PAGE
from hostcore.web.page.top import SIGNS
from tests.scripted_session import host_facts

FACTS = host_facts()
TOP = Top(FACTS, ())
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
    assert frame_of(shell(TOP, html, "")) == html


@given(html=st.text())
def test_no_html_breaks_out_of_the_frame(html: str) -> None:
    document = shell(TOP, html, "")
    assert frame_of(document) == defused(html)
    assert document.count("<script") == 2, "the host's own"


def test_where_there_is_no_page_it_says_why() -> None:
    document = shell(TOP, None, f"dashboard crashed: {EVIL}")
    assert f"<p>dashboard crashed: {escape(EVIL)}</p>" in document
    assert "<iframe" not in document
    assert "No page has been rendered yet." in shell(TOP, None, "")


def test_an_old_page_is_shown_with_a_warning() -> None:
    document = shell(TOP, "<p>old</p>", f"it hangs {EVIL}")
    assert f"This page is old: it hangs {escape(EVIL)}" in document
    assert frame_of(document) == "<p>old</p>"
    assert "This page is old" not in shell(TOP, "<p>new</p>", "")


def test_a_page_that_could_stop_the_browser_is_not_sent_there() -> None:
    assert "<iframe" in shell(TOP, "x" * LONGEST_PAGE, "")
    document = shell(TOP, "x" * (LONGEST_PAGE + 1), "")
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
    assert words in shell(Top(facts, ()), "", "")


def test_plugins_are_counted_by_state_the_worst_first() -> None:
    rows = [
        PluginRow(name, state, Condition(state.value), "")
        for name, state in zip("abcd", [State.RUNNING] * 3 + [State.BACKOFF], strict=True)
    ]
    document = shell(Top(FACTS, tuple(rows)), "", "")
    states = re.search(r'<p id="states" role="status">(.*?)</p>', document)
    assert states is not None
    assert re.sub("<.*?>", "", states[1]) == "! 1 backoff ✓ 3 running"
    assert "no plugins" in shell(TOP, "", "")


def test_a_plugin_in_trouble_is_not_counted_among_those_that_run() -> None:
    rows = (
        PluginRow("air", State.RUNNING, Condition.FAILING, "Nothing answers."),
        PluginRow("light", State.RUNNING, Condition.RUNNING, "loaded"),
        PluginRow("rain", State.BACKOFF, Condition.BACKOFF, "crashed"),
    )
    states = re.search(r'<p id="states" role="status">(.*?)</p>', shell(Top(FACTS, rows), "", ""))
    assert states is not None
    assert re.sub("<.*?>", "", states[1]) == "! 1 backoff ! 1 failing ✓ 1 running"


def test_every_condition_has_a_sign() -> None:
    assert set(SIGNS) == set(Condition)


def test_what_strangers_named_is_escaped() -> None:
    top = Top(replace(FACTS, host_name=EVIL), (), (EVIL,))
    document = shell(top, None, EVIL)
    assert document.count("<script") == 2
    assert document.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 4


def test_every_tab_leads_to_all_others_and_says_which_one_it_is() -> None:
    for tab in Tab:
        document = sheet(TOP, tab, "")
        assert re.findall(r'<a href="([^"]*)"', document) == [each.address for each in Tab]
        assert f'<a href="{tab.address}" aria-current=page>{tab.words}</a>' in document
        assert document.count("aria-current") == 1


def test_a_tab_asks_again_only_after_events_that_there_are() -> None:
    for tab in Tab:
        assert set(tab.kinds.split(",")) <= KINDS


def test_without_scripts_the_browser_asks_again_by_itself() -> None:
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in shell(
        Top(replace(FACTS, interval=4.2), ()), "", ""
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
    named = re.findall(r'"/static/([^"]+)"', sheet(TOP, Tab.CHARTS, "", SCRIPT))
    assert sorted(named) == sorted(STATIC)
    assert {name: content_type for name, (content_type, _) in STATIC.items()} == {
        "shell.css": "text/css; charset=utf-8",
        "charts.js": "text/javascript; charset=utf-8",
        "live.js": "text/javascript; charset=utf-8",
        "theme.js": "text/javascript; charset=utf-8",
    }
    assert all(content for _, content in STATIC.values())


def test_they_load_nothing_from_elsewhere() -> None:
    for _, content in STATIC.values():
        assert not re.search(
            rb"https?:(?!//www\.w3\.org/2000/svg)|@import|url\(|eval|innerHTML|document\.write", content
        )


def test_no_two_scripts_of_a_tab_give_one_name_to_two_things() -> None:
    scripts = [content.decode() for kind, content in STATIC.values() if kind.startswith("text/javascript")]
    names = [name for text in scripts for name in re.findall(r"^(?:async )?(?:function|let|const) (\w+)", text, re.M)]
    assert len(names) > 50
    assert len(names) == len(set(names)), "they share one scope, and the later one would win"
