"""Clutter: what is masked, what stays, and that hostile text costs linear time. All lines are our own."""

from __future__ import annotations

import itertools
import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.ingest import clutter_phrases as phrases
from detector.ingest import credit_phrases
from detector.ingest.clutter import Clutter, find_clutter, line_kind

STORY = (
    "The harbour board will vote next week on a plan to dredge the northern channel, which has silted up since the "
    "storms of last winter and now turns away the larger of the two ferries at every low tide."
)

# (a whole line, its kind or None): each kind of clutter has a sentence of the story that looks like it.
LINES = [
    ("By Jane Doe", "byline"),
    ("By JANE DOE, Associated Press", "byline"),
    ("Jane Doe | Staff writer", "byline"),
    ("By Friday night, the square was empty again.", None),
    ("Jane Doe, a staff writer at the paper, was held for two days.", None),
    ("Reporting by Jane Doe in Lagos; editing by John Roe", "agency-credit"),
    ("Additional reporting by Jane Doe", "agency-credit"),
    ("Associated Press writer Jane Doe contributed to this report.", "agency-credit"),
    ("With inputs from PTI", "agency-credit"),
    ("© 2020 AFP", "agency-credit"),
    ("(Reuters)", "agency-credit"),
    ("By PTI", "agency-credit"),
    ("From the Associated Press", "agency-credit"),
    ("Source: AFP/Reuters", "agency-credit"),
    ("-PTI", "agency-credit"),
    ("By Reuters it was called a rout.", None),
    ("The agency's name is Reuters", None),
    ("Reporting by phone is easier than it was, the inspectors said.", None),
    ("Jane Doe contributed to the fund every month for nine years.", None),
    ("With inputs scarce, the mill closed for a week.", None),
    ("Updated 3:45 PM", "time-stamp"),
    ("Published: 3 March 2021 | 5 min read", "time-stamp"),
    ("Monday, March 1, 2021 10:15 GMT", "time-stamp"),
    ("2 hours ago", "time-stamp"),
    ("March was the driest month for a century.", None),
    ("Published in 1962, the novel never went out of print.", None),
    ("(Photo: Jane Doe)", "picture"),
    ("FILE PHOTO: The ferry leaves the harbour in June. REUTERS/Jane Doe", "picture"),
    ("Image: Getty", "picture"),
    ("Getty Images", "picture"),
    ("REUTERS/Jane Doe", "picture"),
    ("Photos from the scene showed smoke over the port.", None),
    ("Image is everything, the minister told his party.", None),
    ("Leave a comment", "comments"),
    ("Your email address will not be published. Required fields are marked *", "comments"),
    ("Comments (12)", "comments"),
    ("Log in to comment", "comments"),
    ("Comments by the governor on Sunday moved the currency.", None),
    ("Leave was cancelled for all nurses at the hospital.", None),
    ("Download our app", "newsletter"),
    ("Sign up for our newsletter", "newsletter"),
    ("Subscribe to our YouTube channel", "newsletter"),
    ("Sign up for the militia or leave, the men were told.", None),
    ("Subscribers to the fund will be paid in May.", None),
    ("Register to vote by Monday, the council said.", None),
    ("Share this article", "share"),
    ("Follow us on Twitter", "share"),
    ("Facebook Twitter WhatsApp", "share"),
    ("He asked readers to share this article with police.", None),
    ("Share prices fell for a third day in Tokyo.", None),
    ("Facebook said it would appeal against the fine.", None),
    ("Read more: Ferry firm in talks", "read-more"),
    ("READ ALSO", "related-list"),
    ("Also read | Why the channel silts up", "read-more"),
    ("Related stories", "related-list"),
    ("Recommended", "related-list"),
    ("The post Ferry firm in talks appeared first on Harbour News.", "read-more"),
    ("Read more slowly, he told the pupils.", None),
    ("Related charges against two brothers were dropped.", None),
    ("More – and worse – is to come, farmers fear.", None),
    ("Home > News > World", "navigation"),
    ("News | Sport | Weather | Travel", "navigation"),
    ("Skip to main content", "navigation"),
    ("Home prices rose by 2 percent in April.", None),
    ("Search teams found the boat at dawn.", None),
    ("All rights reserved", "copyright"),
    ("Copyright 2021 Harbour News Ltd", "copyright"),
    ("Copyright law should change, the judges said.", None),
    ("She reserved all rights to the song, her lawyer said.", None),
    ("ADVERTISEMENT", "advertisement"),
    ("Story continues below", "advertisement"),
    ("Advertisements for tobacco were banned in June.", None),
    ("Video player loading", "video"),
    ("Play video", "video"),
    ("Play was stopped by rain after lunch.", None),
    ("We use cookies to improve your visit. Read our policy.", "cookies"),
    ("Accept all cookies", "cookies"),
    ("We use nets and a small boat, the fishermen said.", None),
    ("By using the new road, drivers save ten minutes.", None),
    ("This article was translated from Spanish", "translation-notice"),
    ("Translated by Jane Doe", "translation-notice"),
    ("Machine translated", "translation-notice"),
    ("This is an automated translation", "translation-notice"),
    ("Translated with DeepL", "translation-notice"),
    ("Translated by Google", "translation-notice"),
    ("Translated by Jane Doe, the novel sold a million copies.", None),
    ("This report, translated into six languages, reached four million readers.", None),
    ("The speech was translated from Spanish for the delegates.", None),
]


@pytest.mark.parametrize(("line", "kind"), LINES, ids=[line for line, _ in LINES])
def test_whole_lines(line: str, kind: str | None) -> None:
    assert line_kind(line) == kind
    clutter = find_clutter(f"{STORY}\n\n{line}\n\n{STORY} It will cost less than feared.\n")
    masked = [
        text_of(clutter, f"{STORY}\n\n{line}\n\n{STORY} It will cost less than feared.\n", i) for i in spans(clutter)
    ]
    assert (line in masked) == (kind is not None)


def spans(clutter: Clutter) -> range:
    return range(len(clutter.spans))


def text_of(clutter: Clutter, text: str, number: int) -> str:
    return text[clutter.spans[number].start : clutter.spans[number].end]


def masked_texts(text: str, title: str | None = None) -> list[str]:
    clutter = find_clutter(text, title)
    return [text_of(clutter, text, number) for number in spans(clutter)]


@pytest.mark.parametrize(
    ("line", "dateline"),
    [
        ("LAGOS, March 4 (Reuters) - The board met.", "LAGOS, March 4 (Reuters) -"),
        ("NEW YORK (AP) — The board met.", "NEW YORK (AP) —"),
        ("LONDON, Jan 3 - The board met.", "LONDON, Jan 3 -"),
        ("WASHINGTON -- The board met.", "WASHINGTON --"),
        ("WILKES-BARRE, Pa. — The board met.", "WILKES-BARRE, Pa. —"),
        ("(CNN) -- The board met.", "(CNN) --"),
        ("Nagpur (PTI): The board met.", "Nagpur (PTI):"),
        ("Nagpur (Maharashtra) [India], March 3 (ANI): The board met.", "Nagpur (Maharashtra) [India], March 3 (ANI):"),
        ("Nagpur [India], March 3 (ANI): The board met.", "Nagpur [India], March 3 (ANI):"),
        ("MOSCOW, March 3. /TASS/. The board met.", "MOSCOW, March 3. /TASS/."),
        ("AUSTIN, Texas, Sept. 9 /PRNewswire/ -- The board met.", "AUSTIN, Texas, Sept. 9 /PRNewswire/ --"),
        ("TORONTO, Sept. 9, 2025 /CNW Telbec/ - The board met.", "TORONTO, Sept. 9, 2025 /CNW Telbec/ -"),
        ("San Jose, Calif.--(BUSINESS WIRE)--The board met.", "San Jose, Calif.--(BUSINESS WIRE)--"),
        ("OSLO, Sept. 9 /and 10/ - The board met.", None),
        ("The Wire - (WIRE) - was cut.", None),
        ("Reuters - The board met.", "Reuters -"),
        ("Oslo, March 3, AFP – The board met.", "Oslo, March 3, AFP –"),
        ("Reuters - which met in Oslo - said nothing.", None),
        ("OSLO, March 3. /The board/ met.", None),
        ("New Delhi: The board met.", "New Delhi:"),
        ("HOUMA, La. (Gulf Press) The board met.", "HOUMA, La. (Gulf Press)"),
        ("NATO - which met in Oslo - said nothing.", None),
        ("NATO — The alliance met.", None),
        ("SMITH: I never saw the letter.", None),
        ("UPDATE - The board met.", None),
        ("The board (a body of nine) - met.", None),
        ("London has two airports - one of them small.", None),
    ],
)
def test_datelines(line: str, dateline: str | None) -> None:
    credits = [note.text for note in find_clutter(f"{line} {STORY}").credits]
    assert credits == ([] if dateline is None else [dateline])


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("(Reuters)", "agency-credit"),
        ("(Reporting by Jane Doe in Lagos and John Roe (Abuja); Editing by Ann Poe)", "agency-credit"),
        ("Reporting by Jane Doe; editing by John Roe", "agency-credit"),
        ("(With inputs from agencies)", "agency-credit"),
        ("— AFP", "agency-credit"),
        ("(Translated by Jane Doe)", "translation-notice"),
        ("(NOAA)", None),
        ("(reported by two neighbours in May)", None),
        ("Officials said the firm AFP had left.", None),
    ],
)
def test_endings(ending: str, kind: str | None) -> None:
    text = f"{STORY} {ending}"
    clutter = find_clutter(text)
    found = [(note.kind, note.text.strip()) for note in clutter.credits + clutter.notices]
    assert found == ([] if kind is None else [(kind, ending)])
    assert text[: len(STORY)] == STORY
    assert all(span.start >= len(STORY) for span in clutter.spans)


def test_translation_notice_is_told_and_masked() -> None:
    text = f"{STORY}\nThis article was translated from Spanish.\n"
    clutter = find_clutter(text)
    assert [(note.kind, note.text) for note in clutter.notices] == [
        ("translation-notice", "This article was translated from Spanish.")
    ]
    assert len(clutter.spans) == 1


def test_related_headlines_are_masked_with_their_heading() -> None:
    text = f"{STORY}\nRelated stories\nFerry firm in talks over sale\nHarbour dues to rise\n{STORY} Again.\n"
    assert masked_texts(text) == ["Related stories", "Ferry firm in talks over sale", "Harbour dues to rise"]


def test_menus_are_masked_and_short_speech_is_not() -> None:
    assert masked_texts(f"World\nBusiness\nArts\nScience\n{STORY}") == ["World", "Business", "Arts", "Science"]
    assert masked_texts(f"{STORY}\n“No.”\n“Why not?”\n“Because.”\n“I see.”\n{STORY} Again.") == []


def test_headlines_at_the_top_are_masked() -> None:
    assert masked_texts(f"Harbour board to vote on dredging\n\n{STORY}") == ["Harbour board to vote on dredging"]
    text = f"Harbour board to vote on dredging\nBy Jane Doe\n{STORY}"
    assert masked_texts(text) == ["Harbour board to vote on dredging", "By Jane Doe"]
    assert masked_texts(f"The board met on Monday.\n\n{STORY}") == []


def test_a_headline_over_two_lines_is_masked() -> None:
    headline = ["Harbour board to vote on dredging of", "the northern channel before the winter"]
    story = "Ships will wait for the tide until then, the\nharbour master said on Monday.\n"
    for top in ("", "By Jane Doe\n\n"):
        for below in (STORY, story):
            assert masked_texts(f"{top}{headline[0]}\n{headline[1]}\n\n{below}")[-2:] == headline


@pytest.mark.parametrize(
    "beginning",
    [
        "The harbour board will vote on the\nnorthern channel next week.\n\n",  # a paragraph, wrapped
        "The board met.\nNo vote was taken by it\n\n",
        "“Will they vote on it?”\n“They may”\n\n",
        "The harbour board will vote next week on a plan to dredge the\nnorthern channel, which has silted up since "
        "the storms of last winter came\n\n",  # too long
        "Harbour board to vote\non the dredging\n",  # no blank line behind it
        "The harbour board will vote\non the dredging\n\nof the channel, its master said.\n",
    ],
)
def test_two_lines_that_may_be_the_story_are_no_headline(beginning: str) -> None:
    assert masked_texts(f"{beginning}The harbour master said on Monday that ships will wait for the tide.\n") == []


def test_the_title_is_masked_where_it_is_printed_again() -> None:
    text = f"{STORY}\nHARBOUR BOARD: “TO VOTE”.\n{STORY} Again."
    assert masked_texts(text, "Harbour board ‘to vote’") == ["HARBOUR BOARD: “TO VOTE”."]


def test_wrapped_lines_are_no_headlines() -> None:
    wrapped = (
        "The harbour board will vote next week on a plan to dredge the\nnorthern channel, which has silted up since\n"
    )
    assert masked_texts(f"{wrapped}the storms of last winter.\n") == []


def test_repeated_line_is_masked_once() -> None:
    line = "“It was the longest winter I remember.”"
    assert masked_texts(f"{STORY}\n{line}\n{STORY} Again.\n{line}\n{STORY} And again.") == [line]


def test_windows_line_ends_keep_offsets() -> None:
    text = f"{STORY}\r\n\r\nShare this article\r\n\r\n{STORY} Again."
    assert masked_texts(text) == ["Share this article"]


def test_no_text_gives_nothing() -> None:
    assert find_clutter("") == Clutter((), (), ())


PIECES = [line for line, _ in LINES] + [STORY, "", " ", "(Reuters)", "LAGOS (AP) —", "a\u2028b", "\r", "Related", "—"]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=12), st.sampled_from(["\n", "\r\n", " ", "\n\n"])
)
def test_spans_are_sorted_disjoint_and_inside(pieces: list[str], separator: str) -> None:
    text = separator.join(pieces)
    clutter = find_clutter(text)
    position = 0
    for span in clutter.spans:
        assert position <= span.start < span.end <= len(text)
        position = span.end
    for note in clutter.credits + clutter.notices:
        assert text[note.start : note.end] == note.text
        assert (note.start, note.end) in clutter.spans
    assert find_clutter(text) == clutter


HOSTILE = {
    "one letter": "a" * 1_000_000,
    "brackets": "(" * 1_000_000,
    "names": "By " + "Aa " * 300_000,
    "initials": ("By " + "A. B. C. D. E., " * 17 + "!\n") * 1_000,
    "hyphens": "A-" * 500_000,
    "datelines": "(Reuters) - " * 80_000,
    "reporting": "(Reporting by " * 70_000 + ")",
    "pipes": ("a | " * 70 + ".\n") * 1_000,
    "stamps": ("3 " + "a.m. " * 55 + "\n") * 1_000,
    "share words": ("facebook " * 32 + "!\n") * 1_000,
    "places": ("AAA BBB CCC DDD, " * 16 + "\n") * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_linear_time(name: str) -> None:
    start = time.process_time()
    find_clutter(HOSTILE[name])
    # All take under 0.2 s on one slow core; a pattern that backtracks takes minutes.
    assert time.process_time() - start < 2


REPEATED = [
    pattern
    for table in (phrases.LINES, phrases.MARKED_LINES, credit_phrases.ENDINGS)
    for patterns in table.values()
    for pattern in patterns
] + [
    *credit_phrases.TRANSLATION_NOTICES,
    *credit_phrases.TRANSLATOR,
    *credit_phrases.CREDIT,
    *credit_phrases.PICTURE_CREDIT,
    *credit_phrases.BYLINE,
    *credit_phrases.DATELINES,
]
REPEATED = [pattern for pattern in REPEATED if re.search(r"\)(?:[*+]|\{\d*,)", pattern)]  # those that repeat a group

BETWEEN = (" ", ", ", "/", " | ")  # what stands between the members of a list


def words_of(pattern: str) -> list[str]:
    """The words that a pattern is made of, with their optional endings and without; "Aa" stands for any name."""
    plain = re.sub(r"\\[a-zA-Z]|\[[^\]]*\]", " ", pattern)
    shorter, longer = (re.sub(r"\(\?:([^()|]*)\)\?", kept, plain) for kept in ("", r"\1"))
    return sorted({"Aa", "AA", "3", *re.findall(r"[A-Za-z]+", f"{shorter} {longer}")})


@contextmanager
def at_most(seconds: int, text: Callable[[], str]) -> Iterator[None]:
    """Interrupt what takes longer, a search for a pattern included."""

    def stop(signal_number: int, frame: object) -> None:
        raise TimeoutError(f"still at {text()[:60]!r} after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def lines_of(pattern: str, most_characters: int) -> Iterator[str]:
    """Every two words of the pattern in turn, after each word it can begin with, up to a mark that ends none."""
    words = words_of(pattern)
    for opening in ["", *words_of(pattern.partition(")")[0])]:
        for (first, second), between in itertools.product(itertools.combinations_with_replacement(words, 2), BETWEEN):
            repeated = f"{first}{between}{second}{between}" * 400
            yield f"{opening} {repeated}".lstrip()[:most_characters] + "!"


def match_all(pattern: str, seconds: int) -> None:
    compiled, line = re.compile(pattern), ""
    with at_most(seconds, lambda: line):
        for line in lines_of(pattern, phrases.MAX_LINE):
            compiled.fullmatch(line)


@pytest.mark.parametrize("pattern", REPEATED, ids=[pattern[:30] for pattern in REPEATED])
def test_no_repeated_group_is_ambiguous(pattern: str) -> None:
    # All lines of a pattern take a few seconds at most; one that an ambiguous group is repeated in takes years.
    match_all(pattern, seconds=60)


def test_the_search_for_ambiguous_groups_finds_one() -> None:
    with pytest.raises(TimeoutError, match="copy link"):
        match_all(r"(?:copy(?: link)?|link)(?: (?:copy(?: link)?|link))+", seconds=1)
