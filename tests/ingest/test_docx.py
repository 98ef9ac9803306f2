"""Word documents: what of them is the story, and packages that were made to harm."""

from __future__ import annotations

import io
import struct
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml

from detector.errors import InputError
from detector.ingest import USUAL, read
from detector.ingest.docx import docx_text
from detector.text import Failure, Record

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def made(*paragraphs: str) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def with_body(inside: str) -> bytes:
    """A document with this Word markup as its body."""
    document = docx.Document()
    for element in parse_xml(f"<w:body {W} {MC}>{inside}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, element)
    return saved(document)


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], *added: tuple[str, bytes]) -> bytes:
    """The package with its parts changed, without those for which there is None, and with others added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
        for name, content in added:
            new.writestr(name, content)
    return stream.getvalue()


def body_as(content: bytes) -> bytes:
    """A document whose body part holds these bytes."""
    return changed(made("x"), lambda name, old: content if name == "word/document.xml" else old)


def refused(data: bytes, **limits: int) -> InputError:
    with pytest.raises(InputError) as told:
        docx_text(data, replace(USUAL, **limits))
    return told.value


def test_a_paragraph_a_block_with_what_stands_in_it() -> None:
    assert docx_text(made("Troops “retook” two towns.", "", "  The army\tsaid\nso. ")) == (
        "Troops “retook” two towns.\n\nThe army said\nso."
    )


def test_cells_are_read_in_their_place_and_headers_and_comments_are_not() -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "EMBARGOED"
    section.footer.paragraphs[0].text = "page 1"
    commented = document.add_paragraph("Before.")
    if hasattr(document, "add_comment"):  # python-docx 1.2
        document.add_comment(commented.runs, text="who says so?")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "abcd", strict=True):
        cell.text = text
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "inner"
    document.add_paragraph("After.")
    assert docx_text(saved(document)) == "Before.\n\na\n\nb\n\nc\n\nd\n\ninner\n\nAfter."


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ('<w:r><w:t xml:space="preserve">He </w:t></w:r><w:ins><w:r><w:t>said</w:t></w:r></w:ins>', "He said"),
        ("<w:r><w:t>He</w:t></w:r><w:del><w:r><w:delText>stated</w:delText></w:r></w:del>", "He"),
        ("<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>come</w:t></w:r></w:moveTo>", "come"),
        ("<w:ins><w:del><w:r><w:t>in and out</w:t></w:r></w:del></w:ins><w:r><w:t>x</w:t></w:r>", "x"),
        ("<w:hyperlink><w:r><w:t>a link</w:t></w:r></w:hyperlink>", "a link"),
        ("<w:fldSimple><w:r><w:t>5</w:t></w:r></w:fldSimple><w:r><w:instrText>PAGE</w:instrText></w:r>", "5"),
        ("<w:smartTag><w:r><w:t>London</w:t></w:r></w:smartTag>", "London"),
        ("<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>field</w:t></w:r></w:sdtContent></w:sdt>", "field"),
        ("<w:r><w:t>re</w:t><w:noBreakHyphen/><w:t>elect</w:t><w:softHyphen/><w:t>ed</w:t></w:r>", "re-elected"),
        ("<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:tab/><w:t>three</w:t></w:r>", "one\ntwo three"),
        ("<w:r><w:t>note</w:t><w:footnoteReference w:id='2'/></w:r>", "note"),
        ("<w:r><w:drawing><w:t>box</w:t></w:drawing><w:pict><w:t>box</w:t></w:pict><w:t>x</w:t></w:r>", "x"),
        (
            "<mc:AlternateContent><mc:Choice><w:r><w:t>b</w:t></w:r></mc:Choice></mc:AlternateContent><w:r><w:t>x</w:t></w:r>",
            "x",
        ),
        ("<!-- a note --><?do it?><w:r><w:t>x</w:t></w:r>", "x"),
    ],
)
def test_tracked_changes_and_other_parts_of_a_paragraph(inside: str, text: str) -> None:
    assert docx_text(with_body(f"<w:p>{inside}</w:p>")) == text


def test_a_paragraph_whose_end_was_deleted_runs_on() -> None:
    ended = "<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>"
    inside = f"<w:p>{ended}<w:r><w:t xml:space='preserve'>One </w:t></w:r></w:p><w:p><w:r><w:t>line.</w:t></w:r></w:p>"
    assert docx_text(with_body(f"{inside}<w:p>{ended}<w:r><w:t>Last</w:t></w:r></w:p>")) == "One line.\n\nLast"


def test_blocks_in_controls_are_read() -> None:
    inside = "<w:sdt><w:sdtContent><w:p><w:r><w:t>inside</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    assert docx_text(with_body(inside)) == "inside"


def test_files_folders_and_streams(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(made("A story."))
    (tmp_path / "b.txt").write_text("Another.")
    (tmp_path / "~$a.docx").write_bytes(b"\x04Word's own lock")
    rows = {Path(row.id).name: row for row in read([tmp_path])}
    assert rows["a.docx"] == Record(str(tmp_path / "a.docx"), "A story.")
    assert isinstance(rows["~$a.docx"], Failure)
    (streamed,) = read(["-"], io.BytesIO(made("A story.")))
    assert streamed == Record("stdin", "A story.")


def test_an_empty_document_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(made(" "))
    (row,) = read([tmp_path / "a.docx"])
    assert isinstance(row, Failure)
    assert row.code == "empty"


def test_macros_are_never_run_and_a_picture_is_passed_over() -> None:
    data = changed(made("A story."), lambda name, old: old, ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0 macro"))
    assert docx_text(data) == "A story."


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "damaged-docx"),
        (b"PK\x03\x04", "damaged-docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2_000, "not-docx"),
        (b"{\\rtf1 text}", "damaged-docx"),
        (made("A story.")[:-200], "damaged-docx"),
        (made("A story.")[200:], "damaged-docx"),
        (body_as(b""), "damaged-docx"),
        (body_as(b"<w:document"), "damaged-docx"),
        (body_as(f"<w:document {W}/>".encode()), "damaged-docx"),
        (body_as(f"<w:document {W}>{'<w:p>' * 5_000}".encode()), "damaged-docx"),
        (changed(made("x"), lambda name, old: None if name == "word/document.xml" else old), "damaged-docx"),
        (changed(made("x"), lambda name, old: None if name == "[Content_Types].xml" else old), "damaged-docx"),
        (
            changed(made("x"), lambda name, old: old.replace(b"wordprocessingml.document.main+xml", b"macro+xml")),
            "damaged-docx",
        ),
    ],
)
def test_what_is_no_whole_document_is_told(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_package_with_a_password_is_told() -> None:
    data = bytearray(made("x"))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    assert refused(bytes(data)).code == "not-docx"


def test_no_entity_is_read_and_no_file_or_address() -> None:
    entities = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    for inside in ('<!ENTITY a SYSTEM "file:///etc/passwd">', f'<!ENTITY a "lol">{entities}'):
        last = "a" if "SYSTEM" in inside else "j"
        said = f"<w:p><w:r><w:t>see &{last};</w:t></w:r></w:p>"
        part = f"<!DOCTYPE w [{inside}]><w:document {W}><w:body>{said}</w:body></w:document>"
        started = time.process_time()
        try:
            text = docx_text(body_as(part.encode()))
        except InputError:
            text = ""
        assert "root:" not in text
        assert "lol" not in text
        assert time.process_time() - started < 2


def bomb(megabytes: int, name: str = "word/document.xml") -> bytes:
    """A package of a few kB with a part of so many MB."""
    return changed(made("x"), lambda part, old: None if part == name else old, (name, b" " * (megabytes * 1_000_000)))


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (bomb(11), "too-large", "10,000,000 bytes of text and layout when unpacked, got 11,"),
        (bomb(101, "word/media/a.bmp"), "too-large", "at most 100,000,000 bytes when unpacked"),
        (bomb(40, "word/media/a.bmp"), "ratio", "as of a bomb"),
    ],
)
def test_bombs_are_not_unpacked(data: bytes, code: str, said: str) -> None:
    assert len(data) < 300_000
    tracemalloc.start()
    error = refused(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (error.code, said in str(error)) == (code, True)
    assert most < 5_000_000


def test_a_part_that_lies_about_its_size_is_not_unpacked_further() -> None:
    data = bytearray(bomb(9))
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rfind(mark)  # the part that was added last
        struct.pack_into("<I", data, at + place, 1_000)
    assert refused(bytes(data)).code == "damaged-docx"


def test_too_many_parts_are_told() -> None:
    data = changed(made("x"), lambda name, old: old, *((f"word/media/{i}.png", b"") for i in range(USUAL.parts)))
    assert refused(data).code == "too-large"


def test_a_bound_can_be_raised() -> None:
    data = made("word " * 3_000)
    assert refused(data, article_bytes=5_000).code == "too-large"
    assert docx_text(data).startswith("word word")


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made("A story.")
    monkeypatch.setitem(sys.modules, "docx", None)
    error = refused(data)
    assert (error.code, "unspin[docx]" in str(error)) == ("missing-extra", True)
