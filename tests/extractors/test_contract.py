"""What every extractor promises (see detector/extractors/base.py), tried on each member of EXTRACTORS."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from assertions import assert_stands, explain
from hypothesis import given, settings
from hypothesis import strategies as st

from detector import extractors
from detector.extractors import EXTRACTORS, Batch, Extractor
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document

HEADINGS = ("What it finds:", "Why it marks spun text:", "Not evidence:", "Example:", "Source:")
TEXTS = (
    "The government said officials began a lights blitz in the disputed patch, in keeping with the information office.",
    "A potent tempest closed roads.\n\n“A potent tempest,” they stated.\n\nIn Keeping With the p\u0430tch, 2 homes.",
    "The said the said the said. In keeping with in keeping with in keeping with",
    "Local officials said on Monday that prices rose by 2 per cent.",
    "He saw the Unified Nations and Zelensky and Zelenskyy on the 3 of May. It cost 3,5 percent and 1 200 000 homes.",
    "On Monday the the officials said on Monday in the disputed patch and in the disputed region.",
    "A potent tempest and a blitz hit the disputed patch. The Monday patch closed; the Monday region did not.",
    "region",
    "Potent",
    "...",
    "",
)
WORDS: tuple[str, ...] = (
    "the",
    "said",
    "officials",
    "patch",
    "potent",
    "tempest",
    "in",
    "keeping",
    "with",
    "lights",
    "blitz",
)
WORDS += ("Homes", "qwxz", "2", ".", "“", "”", "re\u200bgion", ".\n\nThe")
SPUN = st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join)

each_extractor = pytest.mark.parametrize("extractor", EXTRACTORS, ids=[extractor.name for extractor in EXTRACTORS])


@each_extractor
def test_spans_lie_inside_the_text(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    found = 0
    for text in TEXTS:
        document = make_document(text)
        marks = explain(extractor, document, resources)
        found += len(marks)
        for mark in marks:
            assert_stands(document, mark)
        assert [mark.start for mark in marks] == sorted(mark.start for mark in marks)
    assert found, "no text here shows what this extractor finds: add one"


@each_extractor
def test_marks_speak_for_themselves(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    for text in TEXTS:
        for mark in explain(extractor, make_document(text), resources):
            assert mark.extractor == extractor.name
            assert re.fullmatch(r"[a-z]+(-[a-z]+)*", mark.kind)
            assert mark.severity in ("wording", "fact")
            assert mark.reason[0].isupper()
            assert mark.reason.endswith(".")
            chances = [suggestion.probability for suggestion in mark.suggestions]
            assert chances == sorted(chances, reverse=True)
            assert all(0 < chance <= 1 for chance in chances)
            assert all(suggestion.text.lower() != mark.text.lower() for suggestion in mark.suggestions)


@settings(max_examples=30)
@given(text=SPUN)
@each_extractor
def test_any_text_is_measured_twice_the_same(extractor: Extractor, text: str, resources: Resources) -> None:
    document = segment(text, resources.vocabulary)
    batch = Batch.join((document,), resources.language_model)
    once, again = extractor.measure(batch, resources), extractor.measure(batch, resources)
    assert list(once.all_tokens) == list(again.all_tokens)
    assert all(once.all_tokens[name].tobytes() == again.all_tokens[name].tobytes() for name in once.all_tokens)
    asked = np.ones(len(batch.ids), bool)
    marks = list(extractor.explain(batch, once, resources, asked))
    assert marks == list(extractor.explain(batch, again, resources, asked))
    for mark in marks:
        assert_stands(document, mark)


@each_extractor
def test_only_marks_that_touch_what_is_asked_are_given(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    for text in TEXTS:
        document = make_document(text)
        batch = Batch.join((document,), resources.language_model)
        measures = extractor.measure(batch, resources)
        marks = explain(extractor, document, resources)
        for token in range(len(document.ids)):
            asked = np.arange(len(document.ids)) == token
            touching = [mark for mark in marks if asked[document.tokens(mark.start, mark.end)].any()]
            given = list(extractor.explain(batch, measures, resources, asked))
            assert given == (marks if extractor.certain else touching)


@each_extractor
def test_columns_have_the_shape_of_the_batch(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    documents = tuple(make_document(text) for text in TEXTS)
    batch = Batch.join(documents, resources.language_model)
    measures = extractor.measure(batch, resources)
    assert measures.all_tokens
    for name, column in measures.all_tokens.items():
        assert re.fullmatch("[a-z][a-z0-9_]*", name)
        assert column.shape == (len(batch.ids),), name
        assert column.dtype == np.float32, name
        assert np.isfinite(column).all(), name
    for name, column in measures.documents.items():
        assert column.shape == (len(documents),), name
        assert np.isfinite(column).all(), name


@each_extractor
def test_an_empty_document_gives_nothing(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    document = make_document("")
    measures = extractor.measure(Batch.join((document,), resources.language_model), resources)
    assert all(column.tolist() == [0.0] for column in measures.all_tokens.values())
    assert explain(extractor, document, resources) == []


@settings(max_examples=30)
@given(texts=st.lists(SPUN, min_size=1, max_size=4))
@each_extractor
def test_columns_do_not_depend_on_neighbours(extractor: Extractor, texts: list[str], resources: Resources) -> None:
    documents = tuple(segment(text, resources.vocabulary) for text in texts)
    batch = Batch.join(documents, resources.language_model)
    joined = extractor.measure(batch, resources)
    for d, document in enumerate(documents):
        own = slice(batch.offsets[d], batch.offsets[d + 1])
        alone = extractor.measure(Batch.join((document,), resources.language_model), resources)
        for name, column in alone.all_tokens.items():
            assert joined.all_tokens[name][own].tobytes() == column.tobytes(), name
        for name, column in alone.documents.items():
            assert joined.documents[name][d] == column[0], name


@each_extractor
def test_nothing_is_lost_where_tables_are_empty(
    extractor: Extractor, make_document: Callable[[str], Document], resources: Resources
) -> None:
    candidates, phrases = resources.candidates, resources.phrases
    bare = dataclasses.replace(
        resources,
        candidates=dataclasses.replace(
            candidates,
            offsets=np.zeros_like(candidates.offsets),
            ids=candidates.ids[:0],
            weights=candidates.weights[:0],
        ),
        phrases=dataclasses.replace(
            phrases, keys=phrases.keys[:0], originals=phrases.originals[:0], odds=phrases.odds[:0]
        ),
    )
    document = make_document(TEXTS[0])
    measures = extractor.measure(Batch.join((document,), bare.language_model), bare)
    assert all(column.shape == document.ids.shape for column in measures.all_tokens.values())
    for mark in explain(extractor, document, bare):
        assert_stands(document, mark)


@each_extractor
def test_name_class_and_file_are_one(extractor: Extractor) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", extractor.name)
    assert type(extractor).__name__ == extractor.name.title().replace("-", "")
    assert Path(inspect.getfile(type(extractor))).name == f"{extractor.name.replace('-', '_')}.py"
    assert extractor.unit


def test_names_and_columns_are_unique(make_document: Callable[[str], Document], resources: Resources) -> None:
    names = [extractor.name for extractor in EXTRACTORS]
    assert len(set(names)) == len(names)
    batch = Batch.join((make_document(TEXTS[0]),), resources.language_model)
    measures = [extractor.measure(batch, resources) for extractor in EXTRACTORS]
    columns = [name for measured in measures for name in (*measured.all_tokens, *measured.documents)]
    assert len(set(columns)) == len(columns)


def test_every_file_is_listed_and_tested() -> None:
    folder, here = Path(extractors.__file__).parent, Path(__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}
    assert files == {extractor.name.replace("-", "_") for extractor in EXTRACTORS}
    assert {path.stem for path in here.glob("test_*.py")} == {f"test_{file}" for file in files} | {"test_contract"}


@each_extractor
def test_the_docstring_has_the_five_headings(extractor: Extractor) -> None:
    text = inspect.getdoc(type(extractor))
    assert text is not None
    lines = text.splitlines()
    assert lines[0].endswith(".")
    found = [heading for line in lines for heading in HEADINGS if line.startswith(heading)]
    assert found == list(HEADINGS)


@each_extractor
def test_it_is_a_frozen_value_that_repr_rebuilds(extractor: Any) -> None:
    assert eval(repr(extractor), {type(extractor).__name__: type(extractor)}) == extractor
    assert hash(extractor) == hash(dataclasses.replace(extractor))
    for field in dataclasses.fields(extractor):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(extractor, field.name, 0)
