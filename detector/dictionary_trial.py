"""A dictionary, and a list of licensees, tried on articles that are known to be clean, before they go live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from detector.classifier import Rate, wilson
from detector.desk import Dictionary
from detector.desk.desk import OWN_KINDS
from detector.desk.dictionary import ALWAYS, NEVER
from detector.desk.phrases import Cover, Place, Words, words_in
from detector.errors import InputError
from detector.findings import Report
from detector.ingest import USUAL, Limits, prepare
from detector.licensees import Licensees
from detector.pipeline import Detector
from detector.text import Article, Failure, Record


class Tried(NamedTuple):
    """One phrase, or one line of a list of licensees.

    Attributes:
        kind: "always", "never" or "licensee".
        phrase: as it is compared; of a licensee the line.
        places: that an always-phrase would mark, or marked places that a never-phrase would withhold.
        articles: that have such a place, or that the line names.
    """

    kind: str
    phrase: str
    places: int
    articles: int

    def rate(self, n: int) -> Rate:
        """Share of `n` articles, with its interval."""
        return wilson(self.articles, n)

    def misfires(self, n: int, most: float) -> bool:
        """Whether it would mark phrases in more than this share of `n` clean articles."""
        return self.kind == ALWAYS and self.articles > most * n


@dataclass(slots=True)
class Trial:
    """What is counted over clean articles; `withheld` is only where there are phrases never to mark."""

    dictionary: Dictionary
    licensees: tuple[tuple[str, Licensees], ...] = ()
    n: int = 0
    any_marked: int = 0  # articles in which some phrase would be marked
    refused: list[Failure] = field(default_factory=list)
    _places: Counter[tuple[str, str]] = field(default_factory=Counter)
    _articles: Counter[tuple[str, str]] = field(default_factory=Counter)

    def run(
        self, items: Iterable[Record | Failure], open_detector: Callable[[], Detector], limits: Limits = USUAL
    ) -> None:
        """Count over `items`; the detector is opened where there are phrases never to mark. InputError for none."""
        detector = open_detector() if self.dictionary.never.phrases else None
        for item in items:
            try:
                if isinstance(item, Failure):
                    self.refused.append(item)
                    continue
                article = prepare(item, limits)
            except InputError as error:
                self.refused.append(Failure(item.id, error.code, str(error)))
                continue
            self._count(article, None if detector is None else detector.score([item], evidence="all")[0])
        if not self.n:
            raise InputError("no-articles", "expected clean articles, got none that can be read: give files or folders")

    def tried(self) -> list[Tried]:
        """Every phrase and every line, those in most articles first within each kind."""
        names = [(ALWAYS, phrase) for phrase in self.dictionary.clean]
        names += [(NEVER, phrase) for phrase in sorted(self.dictionary.never.phrases)]
        names += [(LICENSEE, line) for line, _ in self.licensees]
        counted = [Tried(*name, self._places[name], self._articles[name]) for name in names]
        return sorted(counted, key=lambda one: (KINDS.index(one.kind), -one.articles, -one.places))

    def _count(self, article: Article, report: Report | None) -> None:
        words = words_in(article.text)
        places = self.dictionary.places(words, article.clutter)
        here = Counter({(ALWAYS, phrase): len(where) for phrase, where in places.items()})
        self.any_marked += bool(here)
        here.update(_withheld(self.dictionary, words, report) if report is not None else ())
        here.update((LICENSEE, line) for line, one in self.licensees if one.include(article.outlet, article.url))
        self._places.update(here)
        self._articles.update(here.keys())
        self.n += 1


LICENSEE = "licensee"
KINDS = (ALWAYS, NEVER, LICENSEE)


def _withheld(dictionary: Dictionary, words: Words, report: Report) -> Iterable[tuple[str, str]]:
    """Each phrase never to mark, as often as it would withhold a marked place of the article."""
    spots = [place for mark in report.evidence if mark.kind not in OWN_KINDS for place in mark.places]
    if not spots:
        return
    where: dict[str, list[Place]] = {}
    for place in dictionary.never.all_in(words):
        where.setdefault(place.phrase, []).append(place)
    for phrase, held in where.items():
        cover = Cover(held)
        yield from ((NEVER, phrase) for spot in spots if cover.holds(*spot))
