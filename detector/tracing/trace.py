"""An article's sources told in its report: found in an archive, or among references that a person named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from detector.comparison import Source
from detector.errors import ArchiveError
from detector.findings import Report
from detector.licensees import Licensees
from detector.resources import Resources
from detector.segment import segment
from detector.text import Article, Document
from detector.tracing.credit import with_credits
from detector.tracing.paraphrase import is_paraphrase

if TYPE_CHECKING:  # both load an aligner, which few runs need
    from detector.tracing.given import GivenReferences
    from detector.tracing.sources import SourceFinder


def open_finder(folder: Path, resources: Resources) -> SourceFinder:
    """What asks the archive in a folder; raises ArchiveError, also where its libraries are not installed."""
    from detector.tracing.sources import SourceFinder

    try:
        return SourceFinder.open(folder, resources)
    except ImportError as error:
        raise ArchiveError(
            f"an archive needs {error.name}, not installed here: pip install 'unspin[archive]'"
        ) from error


def lay_given(references: Sequence[Article], resources: Resources) -> GivenReferences:
    """What lays these references beside articles."""
    from detector.align import load_linker
    from detector.tracing.given import GivenReferences

    return GivenReferences(references, resources, load_linker())


def traced(
    report: Report,
    article: Article,
    document: Document | None,
    resources: Resources,
    *,
    finder: SourceFinder | None,
    given: GivenReferences | None,
    licensees: Licensees | None,
) -> Report:
    """The report with the article's sources, where they are asked for; `document` is the article cut, if it was.

    What the text alone shows stays the verdict, a licensee's too. Of an article without a verdict only they are told.
    """
    if finder is None and given is None:
        return report
    report = replace(report, archive=finder.name if finder else None)
    words = report.words or 0 if finder else None
    refusal = _not_compared(report.language, len(article.text), words)
    if refusal is not None:
        return replace(report, not_compared=refusal)
    document = document or segment(article.text, resources.vocabulary, article.clutter)
    others: tuple[Source, ...] = ()
    if given is not None:
        sources, others = given.lay(document, article.published)
    elif finder is not None:
        sources = finder.find(document, article.published)
    sources, others = (with_credits(laid, article.credits, article.outlet, document) for laid in (sources, others))
    licensed = None if licensees is None else licensees.include(article.outlet, article.url)
    report = replace(report, sources=sources, others=others, licensed=licensed)
    if report.status != "ok" or report.flagged or licensed or not is_paraphrase(sources, article.outlet):
        return report
    return replace(report, verdict="paraphrased", level="worth_a_look", flagged=True)


def _not_compared(language: str | None, characters: int, words: int | None) -> str | None:
    """Why an article is laid beside nothing, or None; `words` is None where what it is laid beside is given."""
    from detector.tracing.naming import FEWEST_WORDS
    from detector.tracing.sources import MOST_CHARACTERS

    if language != "en":
        return f"expected English, got {'too few words to tell' if language in (None, 'und') else repr(language)}"
    if characters > MOST_CHARACTERS:
        return (
            f"expected at most {MOST_CHARACTERS:,} characters to lay beside another text, got {characters:,}: "
            "split the article"
        )
    if words is not None and words < FEWEST_WORDS:
        return f"expected at least {FEWEST_WORDS} words to find a source by, got {words}"
    return None
