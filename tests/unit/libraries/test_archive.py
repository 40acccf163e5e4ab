"""Reading zip archives in memory: what a wheel needs, within limits, and nothing else."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hostcore.libraries import archive as module
from hostcore.libraries.archive import Archive, ArchiveError
from tests.wheels import archive

PATHS = st.from_regex(r"[a-z0-9_.é-]{1,8}(/[a-z0-9_]{1,8}){0,2}", fullmatch=True).filter(
    lambda path: not {".", ".."}.intersection(path.split("/"))
)


def refusal(content: bytes) -> str:
    with pytest.raises(ArchiveError) as caught:
        found = Archive(content)
        for path in found.entries:
            found.read(path)
    assert str(caught.value).isprintable()
    return str(caught.value)


def with_entry(path: str = "a.py", content: bytes = b"1", **fields: int) -> bytes:
    """An archive of one entry, whose `zipfile.ZipInfo` has these fields."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archived:
        entry = zipfile.ZipInfo(path)
        for name, value in fields.items():
            setattr(entry, name, value)
        archived.writestr(entry, content)
    return made.getvalue()


def patched(content: bytes, field: int, form: str, value: int, signature: bytes = b"PK\x01\x02") -> bytes:
    """The archive with another value in the last record of a signature."""
    at = content.rindex(signature) + field
    return content[:at] + struct.pack(form, value) + content[at + struct.calcsize(form) :]


@given(
    st.dictionaries(PATHS, st.binary(max_size=200), max_size=8),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_an_archive_is_read_as_zipfile_wrote_it(files: dict[str, bytes], method: int) -> None:
    found = Archive(archive(files, method=method))
    assert {path: found.read(path) for path in found.entries} == files
    assert list(found.entries) == list(files)


def test_an_archive_that_was_written_without_seeking_is_read() -> None:
    class Pipe(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.written += bytes(data)  # type: ignore[call-overload]
            return len(data)  # type: ignore[arg-type]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archived:
        archived.writestr("a.py", "x = 1\n" * 10)
    found = Archive(pipe.written)
    assert found.read("a.py") == b"x = 1\n" * 10


def test_a_comment_and_folders_are_allowed() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archived:
        archived.comment = b"made by a test"
        archived.writestr("a/", "")
        archived.writestr("a/b.py", "x")
    assert list(Archive(made.getvalue()).entries) == ["a/b.py"]


# Limits hold before anything is inflated


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    bomb = archive({f"{number}.py": bytes(1 << 20) for number in range(10)})
    assert len(bomb) < 20_000
    assert refusal(bomb).endswith("more than 100 times its size: a zip bomb")


def test_the_content_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_CONTENT", 100)
    assert refusal(archive({"a": b"1" * 60, "b": b"1" * 60})) == "would inflate to 120 bytes, allowed are 100"


def test_an_entry_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ENTRY", 100)
    assert refusal(archive({"a/b.bin": b"1" * 101})) == "has a/b.bin with 101 bytes, allowed are 100"


def test_the_archive_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST_ARCHIVE", 100)
    assert refusal(bytes(101)) == "has 101 bytes, allowed are 100"


def test_the_number_of_entries_is_limited_before_they_are_read() -> None:
    many = archive({f"{number}": b"" for number in range(module.MOST_ENTRIES + 1)})
    assert refusal(many) == "has 5,001 entries, allowed are 5,000"
    lying = patched(patched(many, 8, "<H", 1, b"PK\x05\x06"), 10, "<H", 1, b"PK\x05\x06")
    assert refusal(lying) == "has a directory with more than its entries"


def test_a_directory_that_lies_about_a_size_is_refused_while_inflating() -> None:
    bomb = patched(archive({"a.py": bytes(8 << 20)}), 24, "<L", 10)
    tracemalloc.start()
    try:
        assert refusal(bomb) == "a.py is larger than the directory says"
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


# Only what a wheel needs


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../a.py", "a/../../b", "a/./b", "a//b", "..", ".", "C:/a.py", "c:a", "a\\b.py", "\\a", "/"],
)
def test_a_path_that_could_leave_a_folder_is_refused(path: str) -> None:
    content = with_entry("x" * len(path)).replace(b"x" * len(path), path.encode())
    assert refusal(content) == f"has the path {path.replace(chr(92), chr(92))}, allowed are paths inside the archive"


@pytest.mark.parametrize("path", ["a\nb", "a\x1b[31m", "a\u202eb", "a\x00b"])
def test_a_path_that_could_fool_a_reader_is_refused(path: str) -> None:
    name = path.encode()
    content = patched(with_entry("x" * len(name)).replace(b"x" * len(name), name), 8, "<H", 0x800)
    assert refusal(content).endswith("allowed are printable characters")


def test_a_name_that_is_no_utf8_is_refused() -> None:
    content = patched(with_entry("xx").replace(b"xx", b"\xff\xfe"), 8, "<H", 0x800)
    assert "whose name is not UTF-8" in refusal(content)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archived:
        archived.writestr("a.py", "x = 1")
        archived.writestr("a.py", "x = 2")
    assert refusal(made.getvalue()) == "has two entries a.py"


@pytest.mark.parametrize("flag", [0x1, 0x40, 0x2000])
def test_an_encrypted_entry_is_refused(flag: int) -> None:
    assert refusal(patched(with_entry(), 8, "<H", flag)) == "has the encrypted entry a.py"


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 99])
def test_another_compression_is_refused(method: int) -> None:
    assert refusal(patched(with_entry(), 10, "<H", method)) == (
        f"has a.py in compression {method}, allowed are 0 (stored) and 8 (deflated)"
    )


@pytest.mark.parametrize(("kind", "words"), [(stat.S_IFLNK, "link"), (stat.S_IFIFO, "special file")])
def test_a_link_or_a_device_is_refused(kind: int, words: str) -> None:
    content = with_entry(external_attr=(kind | 0o777) << 16)
    assert refusal(content) == f"has the {words} a.py, allowed are files and folders"


def test_a_folder_with_content_is_refused() -> None:
    assert refusal(with_entry("x").replace(b"x", b"/", 2)) == "has the path /, allowed are paths inside the archive"
    assert refusal(with_entry("ax").replace(b"ax", b"a/")) == "has the folder a/ with content"


def test_something_before_or_after_the_archive_is_refused() -> None:
    content = with_entry()
    expected = "has something beside its entries and its directory"
    assert refusal(b"#!/bin/sh\n" + content) == expected
    assert refusal(content + b"more") == expected


def test_an_entry_that_is_called_differently_in_its_own_header_is_refused() -> None:
    assert refusal(with_entry("a.py").replace(b"a.py", b"b.py", 1)) == "names a.py in two ways"


@pytest.mark.parametrize("place", [5, 10**6, 0xFFFFFFFF])
def test_an_entry_that_lies_elsewhere_is_refused(place: int) -> None:
    assert refusal(patched(with_entry(), 42, "<L", place)) in {
        "a.py is damaged",
        "a.py lies outside of the archive",
    }


def test_a_damaged_entry_is_refused() -> None:
    content = archive({"a.py": b"x = 1\n" * 50})
    at = content.index(b"a.py") + 4
    assert refusal(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]) == "a.py is damaged"
    assert refusal(patched(content, 16, "<L", 0)) == "a.py is damaged"  # its CRC


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not an archive", with_entry()[:-1], with_entry()[:40]])
def test_what_is_no_whole_archive_is_refused(content: bytes) -> None:
    refusal(content)


@given(st.data())
def test_a_mutated_archive_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(archive({"a.py": b"x = 1\n" * 30, "b/c.bin": bytes(range(256))}))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = Archive(bytes(content))
        total = sum(len(found.read(path)) for path in found.entries)
    except ArchiveError as error:
        assert str(error).isprintable()
    else:
        assert total <= module.LARGEST_CONTENT
