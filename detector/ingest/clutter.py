"""Tell the clutter of a news page from its story: what is masked, and which credits and notices were printed.

Nothing is cut: spans are half-open code-point offsets, sorted and without overlap. Only whole lines are masked, and the
beginnings and ends of lines for datelines and credits; in doubt a line counts as the story.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from detector.ingest import clutter_phrases as phrases
from detector.ingest import credit_phrases
from detector.text import Note, Span

CREDIT_KINDS = frozenset({"dateline", "agency-credit", "byline"})
NOTICE_KINDS = frozenset({"translation-notice"})
TOP_LINES = 8  # headline, byline, date, standfirst ... stand here; guess
CLOSING_LINES = 6  # credits without brackets are looked for only here; guess
TITLE_WORDS = 20  # a headline has at most so many words; guess
LISTED_WORDS = 18  # likewise for a headline in a list of related ones
LISTED_LINES = 12  # related headlines after their heading; guess
MENU_WORDS, MENU_CHARACTERS, MENU_LINES = 4, 40, 4  # a menu is so many lines of at most so many words; guess
PARAGRAPH_WORDS = 20  # a line with more is a paragraph
REPEATED_CHARACTERS = (20, 250)  # lines whose repetition is clutter; shorter ones may be speech
DATELINE_CHARACTERS = 160  # a dateline is no longer, byline included; guess
ENDING_CHARACTERS = 420  # a credit at the end of a paragraph is no longer
SENTENCE_END = tuple(".!?:;,\"'”’…。")


class Clutter(NamedTuple):
    """What is masked, and the part of it that is told to the reader."""

    spans: tuple[Span, ...]
    notices: tuple[Note, ...]
    credits: tuple[Note, ...]


def _alternation(table: Mapping[str, Sequence[str]], flags: int = 0) -> re.Pattern[str]:
    """One pattern of all: the name of the outermost group that matched is the kind (underscores for hyphens)."""
    groups = (f"(?P<{kind.replace('-', '_')}>{'|'.join(patterns)})" for kind, patterns in table.items())
    return re.compile("|".join(groups), flags)


_DATELINE = re.compile("|".join(credit_phrases.DATELINES))
_PLACE_COLON = re.compile(credit_phrases.PLACE_COLON)
_FIRST_WORD = re.compile(r"[\s:–—-]")
_CAPTION = re.compile(credit_phrases.PICTURE_CREDIT[1])
_FOLDED = {"’": "'", "‘": "'", "“": '"', "”": '"', "\xa0": " "}


# They take 10 to 40 ms each to make: made where they are first needed, which is never in a process that hands on.
@cache
def _line() -> re.Pattern[str]:
    return _alternation(phrases.LINES)


@cache
def _marked_line() -> re.Pattern[str]:
    return _alternation(phrases.MARKED_LINES)


@cache
def _cased_line() -> re.Pattern[str]:
    return _alternation(
        {
            "translation-notice": credit_phrases.TRANSLATOR,
            "agency-credit": credit_phrases.CREDIT,
            "picture": credit_phrases.PICTURE_CREDIT,
            "byline": credit_phrases.BYLINE,
        }
    )


@cache
def _notice() -> re.Pattern[str]:
    return re.compile("|".join(credit_phrases.TRANSLATION_NOTICES))


@cache
def _ending() -> re.Pattern[str]:
    return _alternation(credit_phrases.ENDINGS)


def find_clutter(text: str, title: str | None = None) -> Clutter:
    """Find what is not the story in `text`, line by line; `title` helps to know the headline again."""
    starts, lines = _lines(text)
    may_be_translated = "ransl" in text or "RANSL" in text or "the original" in text
    kinds = [line_kind(line, may_be_translated) for line in lines]
    _mark_related(lines, kinds)
    _mark_menus(lines, kinds)
    _mark_wrapped_headline(text, starts, lines, kinds)
    _mark_headlines(text, starts, lines, kinds, title)
    _mark_repeats(lines, kinds)
    notes: list[Note] = []
    for number, (start, line, kind) in enumerate(zip(starts, lines, kinds, strict=True)):
        if kind is not None:
            notes.append(Note(start, start + len(line), kind, line))
        else:
            notes.extend(_partial(start, line, number < TOP_LINES, number >= len(lines) - CLOSING_LINES))
    return Clutter(
        spans=tuple(Span(note.start, note.end) for note in notes),
        notices=tuple(note for note in notes if note.kind in NOTICE_KINDS),
        credits=tuple(note for note in notes if note.kind in CREDIT_KINDS),
    )


def line_kind(line: str, may_be_translated: bool = True) -> str | None:
    """Say what kind of clutter a whole line is, or None for a line of the story.

    >>> line_kind("Sign up for our newsletter"), line_kind("She signed up for the race on Monday.")
    ('newsletter', None)
    """
    if len(line) > phrases.MAX_LINE:
        return "picture" if _CAPTION.match(line) and len(line) <= 2 * phrases.MAX_LINE else None
    folded = _fold(line)
    if may_be_translated and _notice().fullmatch(folded.strip("()[]*_ ")):
        return "translation-notice"
    match = _line().fullmatch(folded) or _cased_line().fullmatch(line)
    if match is None and any(map(folded.__contains__, phrases.MARKS)):
        match = _marked_line().fullmatch(folded)
    return None if match is None or match.lastgroup is None else match.lastgroup.replace("_", "-")


def _fold(line: str) -> str:
    """Lower case, straight quotes, single spaces."""
    folded = line.lower()
    if not folded.isascii():
        for character, plain in _FOLDED.items():  # ten times as fast as str.translate
            folded = folded.replace(character, plain)
    return " ".join(folded.split()) if "  " in folded or "\t" in folded else folded


def _lines(text: str) -> tuple[list[int], list[str]]:
    """The lines that are not blank, stripped, and where each starts."""
    starts, lines = [], []
    position = 0
    for raw in text.split("\n"):
        line = raw.lstrip()
        if line:
            starts.append(position + len(raw) - len(line))
            lines.append(line.rstrip())
        position += len(raw) + 1
    return starts, lines


def _mark_related(lines: list[str], kinds: list[str | None]) -> None:
    """Mark the headlines listed right after a heading such as "Related stories"."""
    for number, kind in enumerate(kinds):
        if kind == "related-list":
            for following in range(number + 1, min(number + 1 + LISTED_LINES, len(lines))):
                if kinds[following] is None:
                    if not _is_title_like(lines[following], LISTED_WORDS):
                        break
                    kinds[following] = "related"


def _mark_menus(lines: list[str], kinds: list[str | None]) -> None:
    """Mark runs of very short lines that end no sentence: menus, tag clouds, lists of sections."""
    run_start = 0
    for number in range(len(lines) + 1):
        if number < len(lines) and _is_menu_like(lines[number]):
            continue
        if number - run_start >= MENU_LINES:
            for inside in range(run_start, number):
                kinds[inside] = kinds[inside] or "navigation"
        run_start = number + 1


def _mark_headlines(text: str, starts: list[int], lines: list[str], kinds: list[str | None], title: str | None) -> None:
    """Mark the title where it is printed, and title-like lines at the very top: headlinese is not measured."""
    wanted = _key(title) if title else ""
    at_top = True
    for number in range(min(TOP_LINES, len(lines))):
        if kinds[number] is not None:
            continue
        line = lines[number]
        is_title = bool(wanted) and len(line) <= phrases.MAX_LINE and _key(line) == wanted
        if is_title or (
            at_top and _is_title_like(line, TITLE_WORDS) and _stands_apart(text, starts, lines, kinds, number)
        ):
            kinds[number] = "headline"
        else:
            at_top = False


def _mark_wrapped_headline(text: str, starts: list[int], lines: list[str], kinds: list[str | None]) -> None:
    """Mark the first two lines where they are one headline that was broken, with a blank line behind it."""
    first = next((number for number in range(min(TOP_LINES, len(lines))) if kinds[number] is None), len(lines))
    second = first + 1
    if second + 1 >= len(lines) or kinds[second] is not None or not _are_next(text, starts, lines, first):
        return
    joined = f"{lines[first]} {lines[second]}"
    if (
        _is_title_like(joined, TITLE_WORDS)
        and not lines[first].endswith(SENTENCE_END)
        and not _are_next(text, starts, lines, second)
        and not lines[second + 1][0].islower()
    ):
        kinds[first] = kinds[second] = "headline"


def _are_next(text: str, starts: list[int], lines: list[str], number: int) -> bool:
    """Whether no blank line stands between a line and the one that follows."""
    return text.count("\n", starts[number] + len(lines[number]), starts[number + 1]) == 1


def _stands_apart(text: str, starts: list[int], lines: list[str], kinds: list[str | None], number: int) -> bool:
    """Whether a blank line, other clutter or a paragraph follows; else the text may be wrapped at a line width."""
    if number + 1 >= len(lines):
        return False
    between = text[starts[number] + len(lines[number]) : starts[number + 1]]
    following = lines[number + 1]
    return (
        kinds[number + 1] is not None
        or (between.count("\n") > 1 and not following[0].islower())
        or following.count(" ") >= PARAGRAPH_WORDS
    )


def _mark_repeats(lines: list[str], kinds: list[str | None]) -> None:
    """Mark a line of middling length that was printed before: a repeated headline, a pull quote, a caption."""
    shortest, longest = REPEATED_CHARACTERS
    seen: set[str] = set()
    for number, line in enumerate(lines):
        if shortest <= len(line) <= longest:
            if line in seen:
                kinds[number] = kinds[number] or "repeated"
            seen.add(line)


def _partial(start: int, line: str, at_top: bool, at_end: bool) -> list[Note]:
    """The dateline that a line of the story begins with, and the credit that it ends with."""
    notes = []
    body = 0
    match = _DATELINE.match(line, 0, DATELINE_CHARACTERS) if at_top or "(" in line[:60] else None
    if match is None and at_top:
        match = _PLACE_COLON.match(line, 0, DATELINE_CHARACTERS)
    if (
        match is not None
        and match.end() < len(line)
        and _FIRST_WORD.split(line, 1)[0] not in credit_phrases.NOT_A_PLACE
    ):
        body = match.end()
        printed = line[:body].rstrip()
        notes.append(Note(start, start + len(printed), "dateline", printed))
    if line.endswith((")", ").")) or (at_end and _hints_at_credit(line)):
        ending = _ending().search(line, max(body, len(line) - ENDING_CHARACTERS))
        if ending is not None and ending.lastgroup is not None:
            kind = ending.lastgroup.replace("_", "-")
            notes.append(Note(start + ending.start(), start + len(line), kind, line[ending.start() :]))
    return notes


def _hints_at_credit(line: str) -> bool:
    """A cheap first test, as the search for credits is dear."""
    tail = line[-ENDING_CHARACTERS:]
    last_word = tail[-20:].rstrip(".").rpartition(" ")[2].lstrip("-–—/")
    return last_word in credit_phrases.SIGNATURES or any(map(tail.__contains__, credit_phrases.CREDIT_HINTS))


def _is_title_like(line: str, most_words: int) -> bool:
    """Short, and not closed by a full stop as a sentence is."""
    return len(line) <= phrases.MAX_LINE and line.count(" ") < most_words and not _closes_sentence(line)


def _closes_sentence(line: str) -> bool:
    return line.rstrip("\"'”’)]").endswith((".", "…", "。", ":", ";", ","))


def _is_menu_like(line: str) -> bool:
    return len(line) <= MENU_CHARACTERS and line.count(" ") < MENU_WORDS and not line.endswith(SENTENCE_END)


def _key(line: str) -> str:
    """The letters and digits of a headline, for comparing."""
    return "".join(filter(str.isalnum, line.casefold()))
