"""What pip prints says more than its report; what it does not say is not known, and no text breaks the reader."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hostcore.libraries.pip_trace import Kind, Trace, Wanted, is_progress, parsed

PAGE = "(from https://pypi.org/simple/)"
LUMA = "https://files.pythonhosted.org/packages/fd/b6/luma_core-2.6.0-py3-none-any.whl"
OUTPUT = f"""\
Reporter.adding_requirement(SpecifierRequirement('luma.core[foo]>2.4'), None)
Reporter.adding_requirement(SpecifierRequirement('pillow>=9.2.0'), ExtrasCandidate(base=LinkCandidate('{LUMA} {PAGE}')))
Getting page https://me:secret@example.org/simple/pillow/
  Skipping link: No sources permitted for pillow: https://x/Pillow-1.0.tar.gz {PAGE}
  Skipping link: none of the wheel's tags (cp310) are x (y): https://x/pillow-9-cp310-abi3-any.whl {PAGE}
  Skipping link: none of the wheel's tags (py2) are x (y): https://x/two-1.0-py2-none-any.whl {PAGE}
Given no hashes to check 3 links for project 'luma-core': discarding no candidates
Given no hashes to check 0 links for project 'pillow': discarding no candidates
Given no hashes to check 0 links for project 'luma-core': discarding no candidates
ERROR: Could not find a version that satisfies the requirement pillow>=9.2.0 (from luma-core) (from versions: 1.0, 1.1)
"""
PIECES = st.sampled_from(OUTPUT.splitlines(keepends=True)) | st.text(max_size=40)


def test_what_pip_says_of_requirements_and_files_is_read() -> None:
    trace = Trace(OUTPUT)
    assert trace.wanted() == (Wanted("luma.core[foo]>2.4", ""), Wanted("pillow>=9.2.0", "luma-core"))
    assert trace.unavailable() == {"pillow"}
    assert trace.left_out() == {"pillow": {Kind.SOURCE, Kind.NATIVE}, "two": {Kind.OTHER_PYTHON}}
    assert trace.versions("pillow") == "1.0, 1.1"
    assert trace.last_asked() == "example.org"
    assert trace.unreachable() == trace.conflict() == ""


def test_another_attempt_is_no_progress() -> None:
    assert is_progress(b"Collecting pynmea2")
    assert not is_progress(b"WARNING: Retrying (Retry(total=4)) after connection broken by 'x': /simple/foo/")
    assert not is_progress(b"Starting new HTTPS connection (2): pypi.org:443")


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_breaks_the_reader(text: str) -> None:
    trace = Trace(text)
    for wanted in trace.wanted():
        parsed(wanted)
    trace.unavailable(), trace.left_out(), trace.versions("pillow")
    for line in (trace.unreachable(), trace.last_asked(), trace.conflict(), trace.last_error()):
        assert line.isprintable()
