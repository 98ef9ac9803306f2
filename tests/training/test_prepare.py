"""Training texts are checked, cleaned of copies and boilerplate, and parted so that no story is on two sides."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import CorpusError
from detector.training import prepare as preparing
from detector.training.boilerplate import strip_boilerplate
from detector.training.corpus import CorpusArticle
from detector.training.corpus_report import corpus_page, corpus_report
from detector.training.prepare import CorpusFiles, Prepared, find_files, part_of, prepare
from detector.training.stories import linked, near_copies
from detector.training.texts import HUMAN, PARTS, TRANSLATION_PARTS

COMMON = "the of and to that is for it with as his on be at by this had not are but from or have they which one".split()


def story(seed: int, n_words: int = 200) -> str:
    """Words by chance, a half of them such as every English text has."""
    rng = np.random.default_rng(seed)
    rare = [f"w{number}" for number in rng.integers(0, 5000, n_words // 2)]
    common = [COMMON[i] for i in rng.integers(0, len(COMMON), n_words // 2)]
    return " ".join(word for pair in zip(rare, common, strict=True) for word in pair)


def write(path: Path, rows: Sequence[object]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    path.write_bytes(b"\n".join(lines))
    return path


def article(number: int, text: str, source: str | None = "wire") -> dict[str, object]:
    return {"id": str(number), "source": source, "text": text, "date": "2024-05-01", "outlet": "The Wire"}


def prepared(tmp_path: Path, rows: Sequence[object], *feedback: object, seed: int = 1) -> Prepared:
    clean = write(tmp_path / "own.jsonl", rows)
    translated = {"id": "t", "set": "s", "doc_id": "1", "kind": "mt", "text": story(10_000)}
    translations = write(tmp_path / "translations.jsonl", [translated])
    verdicts = [write(tmp_path / "feedback.jsonl", feedback)] if feedback else []
    return prepare(CorpusFiles([clean], [translations], None), verdicts, seed)


def kept(found: Prepared) -> dict[str, str]:
    """The part of each article by its id."""
    return {placed.article.id: part for part, own in found.parts.items() for placed in own}


def test_own_articles_need_an_id_and_a_text_only(tmp_path: Path) -> None:
    found = prepared(tmp_path, [{"id": 7, "text": story(1)}])
    (placed,) = (placed for own in found.parts.values() for placed in own)
    assert (placed.article.id, placed.article.source, placed.article.outlet) == ("7", "own", "own")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (b'{"id": "a", "text": "cut', "expected a JSON object"),
        (b"[" * 9_999, "expected a JSON object"),
        (b'{"id": "\xff", "text": "x"}', "expected a JSON object"),
        ("text", "expected a JSON object, got str"),
        ({"id": "a"}, "expected text in field 'text', got NoneType"),
        ({"id": True, "text": "x"}, "expected text in field 'id', got bool"),
        ({"id": "a", "text": ["x"]}, "expected text in field 'text', got list"),
        ({"id": "a", "text": "x", "outlet": {}}, "expected text in field 'outlet', got dict"),
        ({"id": "a", "text": "x", "source": 5}, "expected text in field 'source', got int"),
        ({"id": "a", "text": "half \udc00"}, "half of a surrogate pair"),
        ({"id": "a", "text": "x", "title": "t" * 2_001}, "at most 2,000 characters in field 'title'"),
        (b'{"id": "a", "text": "' + b"x" * 20_000 + b'"}', "expected a line of at most 10,000 bytes"),
    ],
)
def test_bad_rows_are_told_by_line_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: object, message: str
) -> None:
    monkeypatch.setattr("detector.training.corpus.MAX_LINE_BYTES", 10_000)
    found = prepared(tmp_path, [article(1, story(1)), row, article(2, story(2))])
    assert set(kept(found)) == {"1", "2"}
    (bad,) = found.bad
    assert bad.place.endswith("own.jsonl:2")
    assert message in bad.message


def test_a_file_that_is_mostly_no_articles_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"expected articles, got 2 bad rows of 3; the first is .*own\.jsonl:1: "):
        prepared(tmp_path, [b"x", b"y", article(1, story(1))])


def test_copies_are_left_out_and_later_versions_share_the_story(tmp_path: Path) -> None:
    first = story(1, 400)
    nearly = first.replace(first.split()[200], "changed", 1)
    later = f"{first} {story(2, 300)}"
    rows = [first, first.upper(), nearly, later, story(3)]
    found = prepared(tmp_path, [article(i, text) for i, text in enumerate(rows)])
    assert set(kept(found)) == {"0", "3", "4"}
    assert found.rejected["a copy of another"] == 1
    assert found.rejected["nearly the same as another"] == 1
    stories = {placed.article.id: placed.story for own in found.parts.values() for placed in own}
    assert stories["0"] == stories["3"] != stories["4"]
    assert kept(found)["0"] == kept(found)["3"]


def test_a_copy_of_what_is_left_out_is_judged_by_what_is_kept() -> None:
    words = story(1, 2_000).split()
    chain = [" ".join(words[start : start + 1_500]) for start in (0, 100, 200)]  # each is near the next, not the last
    assert near_copies(linked(chain)).tolist() == [False, True, False]


def test_articles_of_no_use_are_left_out_with_a_reason(tmp_path: Path) -> None:
    french = "Le gouvernement a annoncé hier que les travaux du tramway commenceraient au printemps prochain. " * 20
    rows = [article(0, story(1)), article(1, "Too short."), article(2, french), article(3, story(4, 21_000))]
    found = prepared(tmp_path, rows)
    assert set(kept(found)) == {"0"}
    assert found.rejected == {"under 40 words": 1, "not English": 1, "over 20,000 words": 1}


def test_paragraphs_that_a_source_repeats_are_stripped() -> None:
    call = "Subscribe to our newsletter."
    common = [CorpusArticle(str(i), "a", None, None, None, None, f"{story(i)}\n {call}\nEnd {i}.") for i in range(20)]
    rare = [CorpusArticle(str(i), "b", None, None, None, None, f"{story(i)}\n{call}") for i in range(4)]
    found = strip_boilerplate([*common, *rare])
    assert [one.text for one in found.articles[:20]] == [f"{story(i)}\nEnd {i}." for i in range(20)]
    assert found.articles[20:] == rare
    assert (found.paragraphs["a"], found.places["a"], found.places["b"]) == (1, 20, 0)


@settings(max_examples=12)
@given(seed=st.integers(0, 1000), copies=st.lists(st.integers(0, 12), min_size=5, max_size=40))
def test_no_story_is_in_two_parts(tmp_path_factory: pytest.TempPathFactory, seed: int, copies: list[int]) -> None:
    rows = [article(i, f"{story(number, 300)} {story(500 + i, 60)}") for i, number in enumerate(copies)]
    found = prepared(tmp_path_factory.mktemp("corpus"), rows, seed=seed)
    parts: dict[int, set[str]] = {}
    for name, part in kept(found).items():
        parts.setdefault(copies[int(name)], set()).add(part)
    assert all(len(own) == 1 for own in parts.values())


def test_the_seed_alone_decides_parts_and_order(tmp_path: Path) -> None:
    rows = [article(i, story(i)) for i in range(60)]
    first, again, other = (prepared(tmp_path, rows, seed=seed) for seed in (1, 1, 2))
    assert list(kept(first).items()) == list(kept(again).items())
    assert kept(first) != kept(other)
    assert set(kept(first).values()) == set(PARTS)


def test_no_source_fits_or_calibrates_more_than_its_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "PER_SOURCE", {"fit": 2, "calibrate": 1})
    found = prepared(tmp_path, [article(i, story(i)) for i in range(100)])
    assert (len(found.parts["fit"]), len(found.parts["calibrate"])) == (2, 1)
    assert len(found.parts["language"]) > 50


def test_what_was_judged_is_fitted_on_and_nothing_else(tmp_path: Path) -> None:
    texts = [story(i, 400) for i in range(30)]
    rows = [article(i, f"{text} {story(100 + i, 300)}") for i, text in enumerate(texts)]
    judged = [{"id": f"v{i}", "text": text, "label": "clean"} for i, text in enumerate(texts)]
    found = prepared(tmp_path, [*rows, article(99, texts[0])], *judged)
    assert set(kept(found).values()) == {"fit"}
    assert "99" not in kept(found)
    translation = {"id": "v", "text": story(10_000), "label": "machine_translated"}
    assert prepared(tmp_path, rows, translation).translations == []
    assert len(prepared(tmp_path, rows).translations) == 1


def test_one_more_verdict_moves_no_other_story(tmp_path: Path) -> None:
    rows = [article(i, story(i)) for i in range(40)]
    before = kept(prepared(tmp_path, rows))
    judged = [{"id": f"v{i}", "text": story(100 + i), "label": "spun"} for i in range(3)]
    for n in (1, 3):
        assert kept(prepared(tmp_path, rows, *judged[:n])) == before
    among = kept(prepared(tmp_path, rows, {"id": "v", "text": story(7), "label": "clean"}))
    assert {name for name in before if among.get(name) != before[name]} <= {"7"}


def test_translations_of_one_document_go_one_way() -> None:
    def translation(document: int, system: str) -> CorpusArticle:
        return CorpusArticle(system, "s", None, None, None, None, "x", "mt", system, "de-en", str(document), "s")

    parts = [part_of(translation(document, "a"), 1) for document in range(2000)]
    assert parts == [part_of(translation(document, "b"), 1) for document in range(2000)]
    shares = {name: round(parts.count(name) / 2000, 1) for name in TRANSLATION_PARTS}
    assert shares == {"fit": 0.6, "calibrate": 0.3, "test": 0.1}


def test_translations_of_no_use_are_left_out(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "set": "s", "kind": "human_translation", "text": story(1)},
        {"id": "b", "set": "s", "kind": "human_translation", "text": story(2), "suspect_post_edit": "a system"},
        {"id": "c", "set": "s", "kind": "unknown", "text": story(3)},
        {"id": "d", "set": "s", "kind": "mt", "text": "Short."},
        {"id": "e", "set": "s", "kind": "mt", "text": story(1)},
    ]
    files = [write(tmp_path / "clean.jsonl", [article(1, story(9))]), write(tmp_path / "mt.jsonl", rows)]
    found = prepare(CorpusFiles(files[:1], files[1:], None))
    assert [one.id for one, _ in found.translations] == ["a"]
    assert found.translated(found.translations[0][1], HUMAN) == [story(1)]


def test_finds_both_layouts_and_says_what_is_missing(tmp_path: Path) -> None:
    plain, laid_out = tmp_path / "own", tmp_path / "shared"
    own = write(plain / "a.jsonl", [article(1, "x")])
    with pytest.raises(CorpusError, match=r"no translations .*: name another folder as well, which has them"):
        find_files([plain])
    mt = write(laid_out / "corpora" / "translation" / "train" / "mt.jsonl", [])
    with pytest.raises(CorpusError, match="no clean articles"):
        find_files([laid_out])
    pairs = write(laid_out / "lexicons" / "ppdb_lexical.tsv.zst", [])
    assert find_files([laid_out, plain]) == CorpusFiles([own], [mt], pairs)
    with pytest.raises(CorpusError, match=r"expected \.jsonl, .* found none"):
        find_files([tmp_path])


def test_the_report_counts_and_cannot_be_broken_by_names(tmp_path: Path) -> None:
    rows = [{**article(i, story(i)), "outlet": "a|b\n# <x>[y](z)" if i else "Plain"} for i in range(30)]
    found = prepared(tmp_path, [*rows, b"bad"])
    report = corpus_report(found, None, lambda path: "0" * 64, [], demonstration=False, seed=1)
    assert report["newest"] == "2024-05-01"
    assert sum(part["articles"] for part in report["parts"].values()) == 30
    assert sum(sum(part["years"].values()) for part in report["parts"].values()) == 30
    assert report["bad_rows"]["count"] == 1
    page = corpus_page(json.loads(json.dumps(report)))
    assert r"| a\|b \# \<x\>\[y\]\(z\) |" in page
    assert not re.search(r"^# <x>", page, re.MULTILINE)
    tables = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(line.endswith(" |") for line in tables)
