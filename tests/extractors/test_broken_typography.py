"""Figures, stops, blanks and quotation marks that no English news desk sets so."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from assertions import assert_evidence, assert_stands, explain
from hypothesis import given
from hypothesis import strategies as st

from detector.extractors.broken_typography import BrokenTypography
from detector.measures import Batch
from detector.resources import Resources
from detector.segment import segment
from detector.text import Document, Span

MakeDocument = Callable[[str], Document]

PIECES: tuple[str, ...] = (
    "1",
    "200",
    "3,5",
    " ",
    "\u00a0",
    ",",
    ".",
    "%",
    "$",
    "€",
    "«",
    "»",
    "„",
    "”",
    "city",
    "the",
    "The",
    "million",
)
PIECES += ("thousand", "percent", "\n", "\u200b", "(", "-", "_")


@pytest.mark.parametrize(
    ("text", "quote", "kind", "mended"),
    [
        ("Some 1 200 000 people fled.", "1 200 000", "grouped-figures", "1,200,000"),
        ("Some 1\u00a0200\u00a0000 people fled.", "1\u00a0200\u00a0000", "grouped-figures", "1,200,000"),
        ("It cost 1.200.000 euros.", "1.200.000", "grouped-figures", "1,200,000"),
        ("It cost 1.200.000.000 euros.", "1.200.000.000", "grouped-figures", "1,200,000,000"),
        ("Some 4.500 people fled.", "4.500", "grouped-figures", "4,500"),
        ("The town has 120.000 inhabitants.", "120.000", "grouped-figures", "120,000"),
        ("The town has 1.250.000 inhabitants.", "1.250.000", "grouped-figures", "1,250,000"),
        ("It drew 1.250 spectators to the pier.", "1.250", "grouped-figures", "1,250"),
        ("A flat costs 280.000 euros there.", "280.000", "grouped-figures", "280,000"),
        ("They took 69.000\u00a0dollars from the till.", "69.000", "grouped-figures", "69,000"),
        ("From 4,500 it rose to 12 300 last year.", "12 300", "grouped-figures", "12,300"),
        ("Prices rose by 3,5 percent.", "3,5 percent", "decimal-comma", "3.5 percent"),
        ("Prices rose by 51,9 % in May.", "51,9 %", "decimal-comma", "51.9%"),
        ("From 4,500 it built 12 500 homes.", "12 500", "grouped-figures", "12,500"),
        ("Of 4,500 jobs 12 500 more workers asked.", "12 500", "grouped-figures", "12,500"),
        ("It earned $2,75 billion.", "2,75 billion", "decimal-comma", "2.75 billion"),
        ("Some 5 thousand 300 homes burned.", "5 thousand 300", "half-spelled-figures", "5,300"),
        ("It cost 1 million 50 thousand.", "1 million 50 thousand", "half-spelled-figures", "1,050,000"),
        ("It cost 2 millions.", "2 millions", "plural-million", "2 million"),
        ("It cost 100 $ a head.", "100 $", "currency-after", "$100"),
        ("It cost 50€.", "50€", "currency-after", "€50"),
        ("It cost 3,50 € a head.", "3,50 €", "currency-after", "€3.50"),
        ("It cost 100 $ million.", "100 $", "currency-after", "$100"),
        ("It cost $ 100 a head.", "$ 100", "stray-blank", "$100"),
        ("Prices rose by 30 % in May.", "30 %", "stray-blank", "30%"),
        ("He left the city,the police said.", "city,the", "missing-blank", "city, the"),
        ("He left the city,, they said.", "city,,", "doubled-stops", "city,"),
        ("He left the city, , they said.", "city, ,", "doubled-stops", "city,"),
        ("He left the city. . They said so.", "city. .", "doubled-stops", "city."),
        ("He left the city., they said.", "city.,", "doubled-stops", None),
        ("He left the city. the minister said so.", "city. the", "small-letter", None),
        ("He read „Die Zeitung“ there.", "„Die", "foreign-quotes", "“Die"),
        ("He read «Izvestia» there.", "«Izvestia", "foreign-quotes", "“Izvestia"),
        ("He read »Politiken« there.", "»Politiken", "foreign-quotes", "“Politiken"),
    ],
)
def test_what_an_english_desk_would_mend(
    make_document: MakeDocument, resources: Resources, text: str, quote: str, kind: str, mended: str | None
) -> None:
    document = make_document(text)
    marks = explain(BrokenTypography(), document, resources)
    assert_evidence(document, marks, quote)
    assert marks[0].kind == kind
    assert [suggestion.text for suggestion in marks[0].suggestions] == ([mended] if mended else [])


@pytest.mark.parametrize(
    "text",
    [
        "Some 1,200,000 people fled, 3.5 percent of all, at a cost of $1,200 and £3.5 million, or 30%.",
        "In 2006 300 people came; on May 12 300 more did. The score was 21-15 100 times.",
        "Call +44 171 542 7900 or (8 37) 303 450, version 1.200.3, at 10.200.1.1, on 12.03.2014 at 10:30 100 times.",
        "The train, hauled by 37 718 as far as Ely, took 1,200 people.",
        "The club paid 10 000 rand and then 12 500 more, and R10 000 for the coach.",
        "The euro stood at 1.200 dollars, oil at 81.250, and the index at 1.200 points.",
        "Rates rose by 3.125 percent to 0.125, 12.500 points, 8.000 meters; a yield of 2.027% or $1.375 billion.",
        "He won in 1.234 seconds, 59.000 in all, by 15.433 to 15.933; a 27.430 finish, 2:03.456 for members.",
        "Version 12.345 users like, No. 12.345 members, section 27.430 officers; at 10.200.100.250 users came.",
        "There were 1.234 deaths per 1,000 patients, an average of 1.125 passengers and 2.345 cars a household.",
        "The pound stood at 1.200 dollars, oil at 81.000 dollars a barrel, gold at 612.000 dollars per ounce.",
        "Some 0.125 inhabitants, 120.00 inhabitants, 1200.000 inhabitants and 120.0000 inhabitants.",
        "Chapters 2,3 and 5, and paragraphs 1,2,3; 1,20,000 rupees; 3,500 percent.",
        "It cost EUR100, US$100, A$5 and 100 dollars; 5 million 300 times; about 12 thousand people came.",
        "Tens of millions came, and it earned billions. Two million were 5 billion too many.",
    ],
    ids=[
        "English",
        "years",
        "numbers of other kinds",
        "the number of a locomotive",
        "one style",
        "rates",
        "decimals",
        "sports",
        "numbers of things",
        "means",
        "prices",
        "no groups",
        "lists",
        "wire style",
        "words",
    ],
)
def test_figures_that_are_no_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(BrokenTypography(), document, resources))


@pytest.mark.parametrize(
    "text",
    [
        "He works for Acme Inc. which sells shoes, etc. and socks, approx. six. On the U.S. side, e.g. there, too.",
        "Yours of the 9th inst., and ours of the 30th ult., refer to Col. Ames, retd., and to nine doz., as agreed.",
        "Ore of near two per cent. black tin, cut to six thou., sold. Job, ag. lab., had Ann, dau. of Wm and Joan.",
        "He waited... and waited. . . and left. Then he wrote... it down.",
        "Read the site. iPhone sales rose. eBay fell. de Blasio left. al-Shabaab came. van Gaal did. bin Salman too.",
        "See www.example.com, example.com/a,b,see and mail a.b@example.com. He lives in St. petersburg no. five.",
        "1. the first\n2. the second\na. the third",
        "Two said.The rest left. He asked (twice ) and ( once ). Why ? Because : so ; yes !",
        "One stray , that is a slip.",
        'The “city,” he said, is ‘his.’ The "city," she\'s said. Jr., Calif., and Inc., were named.',
        "» News\n» Sport\nMore »\nThe 5” pipe and „ a mark left alone.",
        "Ann Lee , who sang with Bob Ray , and Amy Poe , 32 , came with Sue Orr . They left.",
    ],
    ids=[
        "abbreviations",
        "abbreviations of letters and ledgers",
        "abbreviations of trades and registers",
        "ellipses",
        "names written small",
        "addresses",
        "lists",
        "pages taken apart",
        "a slip",
        "quotes and abbreviated names",
        "arrows",
        "links",
    ],
)
def test_stops_that_are_no_evidence(make_document: MakeDocument, resources: Resources, text: str) -> None:
    document = make_document(text)
    assert_evidence(document, explain(BrokenTypography(), document, resources))


def test_clean_stories_have_no_marks(
    make_document: MakeDocument, resources: Resources, wire_texts: tuple[str, ...]
) -> None:
    for text in wire_texts:
        document = make_document(text)
        assert_evidence(document, explain(BrokenTypography(), document, resources))


def test_blanks_before_stops_are_told_where_there_are_several(
    make_document: MakeDocument, resources: Resources
) -> None:
    document = make_document("In the north , roads closed . Troops left the region , officials said.")
    marks = explain(BrokenTypography(), document, resources)
    assert_evidence(document, marks, "north ,", "closed .", "region ,")
    assert [mark.strength for mark in marks] == [3, 3, 3]
    assert [mark.suggestions[0].text for mark in marks] == ["north,", "closed.", "region,"]


def test_what_stands_everywhere_is_the_layout(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("In the north , roads closed by 5 % , officials said . " * 20)
    assert_evidence(document, explain(BrokenTypography(), document, resources))
    columns = BrokenTypography().measure(Batch.join((document,), resources.language_model), resources)
    assert not any(column.any() for column in (*columns.tokens.values(), *columns.documents.values()))


def test_foreign_figures_everywhere_are_no_layout(make_document: MakeDocument, resources: Resources) -> None:
    document = make_document("Prices rose by 3,5 percent in May. " * 20)
    assert_evidence(document, explain(BrokenTypography(), document, resources), *["3,5 percent"] * 5)


def test_a_few_marks_of_one_kind_and_the_first_of_two_rules(make_document: MakeDocument, resources: Resources) -> None:
    filler = " Local officials said on Monday that prices rose and that roads were closed in the north." * 4
    document = make_document(f"Prices rose by 3,5 %.{filler} " * 7)
    marks = explain(BrokenTypography(), document, resources)
    assert_evidence(document, marks, *["3,5 %"] * 5)
    assert {(mark.kind, mark.strength, mark.severity) for mark in marks} == {("decimal-comma", 7.0, "fact")}


def test_clutter_is_not_told(resources: Resources) -> None:
    text = "Photo costs 100 $\n\nPrices rose by 3,5 percent."
    document = segment(text, resources.vocabulary, (Span(0, text.index("\n")),))
    assert_evidence(document, explain(BrokenTypography(), document, resources), "3,5 percent")


def test_a_point_between_groups_is_marked_and_the_columns_stay_as_they_were(
    make_document: MakeDocument, resources: Resources
) -> None:
    """The model was fitted on columns that do not know of inhabitants."""
    document = make_document("The town has 120.000 inhabitants.")
    measures = BrokenTypography().measure(Batch.join((document,), resources.language_model), resources)
    assert explain(BrokenTypography(), document, resources)
    assert not measures.rare["typography"].any()
    assert not any(column.any() for column in measures.documents.values())


def test_columns(make_document: MakeDocument, resources: Resources) -> None:
    """A place of three tokens among eight words, a stop and two boundaries; thousands are counted, not marked."""
    document = make_document("About 12 thousand people paid 2 millions there.")
    measures = BrokenTypography().measure(Batch.join((document,), resources.language_model), resources)
    assert np.flatnonzero(measures.rare["typography"]).tolist() == [6, 7]
    rates = {name: column.tolist() for name, column in measures.documents.items()}
    assert set(rates) == {f"typography_{name}" for name in ("figures", "blanks", "case", "quotes", "thousands")}
    assert rates["typography_quotes"] == [0.0]
    assert rates["typography_figures"] == rates["typography_thousands"] == [20.0]  # 1000 / 11, capped


@given(text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_marks_stand_in_any_text(resources: Resources, text: str) -> None:
    document = segment(text, resources.vocabulary)
    marks = explain(BrokenTypography(), document, resources)
    for mark in marks:
        assert_stands(document, mark)
        assert all(suggestion.text.lower() != mark.text.lower() for suggestion in mark.suggestions)
    assert [mark.start for mark in marks] == sorted(mark.start for mark in marks)
