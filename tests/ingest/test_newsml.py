"""NewsML-G2: the text items of a message, and XML that was made to harm."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from detector.ingest import read
from detector.text import Failure, Record

TEXT = "VELIN (Meridian) - Troops retook two towns – “at last”.\nThe army said so."
BODY = """<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
<body.head><hedline><hl1>Army retakes towns</hl1></hedline></body.head><body.content>
<p>VELIN (Meridian) - Troops <em>retook</em>
   two towns – “at last”.</p><!-- a note --><media><caption>A tank</caption></media><p>The army said so.</p>
</body.content></body></nitf></inlineXML>"""
ITEM = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:meridian:7" version="2" xml:lang="en-GB">
<itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:Meridian"/>
<versionCreated>2026-03-03T05:10:00Z</versionCreated><firstCreated>2026-03-03T04:40:00Z</firstCreated>
<pubStatus qcode="stat:usable"/><link rel="irel:seeAlso" residref="urn:meridian:1"/>
<link rel="irel:previousVersion" residref="urn:meridian:6"/><link rel="irel:previousVersion"
residref="urn:meridian:7"/></itemMeta><contentMeta><headline>Army retakes  towns</headline></contentMeta>
<contentSet>BODY</contentSet></newsItem>"""
FIELDS = {"updated": "2026-03-03T05:10:00Z", "version_of": "urn:meridian:6", "language": "en-GB"}
ABOUT = ("Army retakes towns", None, "2026-03-03T04:40:00Z", "Meridian")
RECORD = Record("urn:meridian:7", TEXT, False, *ABOUT, FIELDS)
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>\n'
BOMB = "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))


def item(body: str = BODY) -> str:
    return ITEM.replace("BODY", body)


def message(*items: str) -> str:
    inside = "".join(items)
    return f'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>{inside}</itemSet></newsMessage>'


def read_bytes(data: bytes, folder: Path, name: str = "a.xml") -> list[Record | Failure]:
    path = folder / name
    path.write_bytes(data)
    return list(read([path]))


def codes(data: bytes, folder: Path) -> list[str]:
    return [row.code if isinstance(row, Failure) else "ok" for row in read_bytes(data, folder)]


@pytest.mark.parametrize("name", ["a.xml", "a", "a.unknown"])
@pytest.mark.parametrize("document", [item(), DECLARED + item(), DECLARED + "<!-- note -->" + message(item())])
def test_an_item_by_itself_and_in_a_message(document: str, name: str, tmp_path: Path) -> None:
    assert read_bytes(document.encode(), tmp_path, name) == [RECORD]


@pytest.mark.parametrize("between", ["<!-- sub: check this -->", "<?editor mark?>"])
def test_what_stands_behind_a_comment_is_text(between: str, tmp_path: Path) -> None:
    body = f'<inlineXML contenttype="text/xml"><p>Troops {between}retook two {between}towns.</p></inlineXML>'
    (record,) = read_bytes(item(body).encode(), tmp_path)
    assert isinstance(record, Record)
    assert record.content == "Troops retook two towns."


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [("UTF-8", "utf-8"), ("windows-1252", "cp1252"), ("utf-16", "utf-16"), ("UTF-8", "cp1252"), ("none", "utf-8")],
)
def test_encodings_declared_rightly_and_wrongly(declared: str, encoding: str, tmp_path: Path) -> None:
    document = f'<?xml version="1.0" encoding="{declared}"?>{item()}'
    assert read_bytes(document.encode(encoding), tmp_path) == [RECORD]


def test_pictures_are_passed_over_and_bad_items_stand_in_their_place(tmp_path: Path) -> None:
    picture, withdrawn = item("").replace("ninat:text", "ninat:picture"), item().replace("usable", "canceled")
    assert read_bytes(message(picture, item(), picture).encode(), tmp_path) == [RECORD]
    assert codes(message(picture).encode(), tmp_path) == ["missing-field"]
    found = codes(message(item(), withdrawn, item(""), item()).encode(), tmp_path)
    assert found == ["ok", "withdrawn", "missing-field", "ok"]


@pytest.mark.parametrize(
    "body",
    [
        '<inlineData contenttype="text/plain">Plain text.</inlineData>',
        '<inlineData contenttype="text/html">&lt;p&gt;Plain &lt;i&gt;text&lt;/i&gt;.&lt;/p&gt;</inlineData>',
        "<inlineXML><html xmlns='x'><head><title>T</title></head><body>Plain<br/> text.</body></html></inlineXML>",
        "<inlineXML/><inlineData><![CDATA[Plain text.]]></inlineData>",
    ],
)
def test_other_contents(body: str, tmp_path: Path) -> None:
    [found] = read_bytes(item(body).encode(), tmp_path)
    assert isinstance(found, Record)
    assert found.content.split() == ["Plain", "text."]


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE x [<!ENTITY a "ha">{BOMB}]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!-- <x> --> <?pi ?>\n<!doctype x>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(prolog: str, encoding: str, tmp_path: Path) -> None:
    document = prolog + item("<inlineData>&a; &j;</inlineData>")
    assert codes(document.encode(encoding), tmp_path) == ["document-type"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", "empty"),
        ("\0\0\0", "binary"),
        ("no markup", "invalid-xml"),
        (item()[:-20], "invalid-xml"),
        (item("<inlineData>&undeclared;</inlineData>"), "invalid-xml"),
        ("<rss><channel/></rss>", "not-newsml"),
        ("<NewsML><NewsItem/></NewsML>", "not-newsml"),
        (message(), "missing-field"),
        (item("<inlineXML>" + "<p>" * 5_000 + "</p>" * 5_000 + "</inlineXML>"), "invalid-xml"),
        (item("<inlineData>" + "a " * 5_000_000 + "</inlineData>"), "too-large"),
        (item("<inlineData>" + "\ufffd" * 500 + "</inlineData>"), "binary"),
    ],
)
def test_documents_that_give_no_text(document: str, expected: str, tmp_path: Path) -> None:
    assert codes(document.encode(), tmp_path) == [expected]


def test_many_comments_and_items_end_soon(tmp_path: Path) -> None:
    started = time.process_time()
    assert codes(("<!-- -->" * 300_000 + "<").encode(), tmp_path) == ["invalid-xml"]
    assert len(codes(message("<newsItem/>" * 5_000).encode(), tmp_path)) == 5_000
    assert time.process_time() - started < 20  # what takes quadratic time takes minutes
