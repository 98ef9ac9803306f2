"""Fit the word aligner of detector/align, with the vectors of words that it reads, and write it beside the code.

    make aligner CORPORA=../shared

The vectors are fitted twice: on pairs of words alone, for an aligner that links the lines of translations, and then on
the phrases that it found there, too. It takes a quarter of an hour.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from detector.align.words import PATH, save_linker
from detector.model_store import default_model_path, load_model
from detector.training.aligner import SETS, Cells, fit, read_gold
from detector.training.candidates import ppdb_pairs
from detector.training.layout import Layout
from detector.training.meanings import N_DIMENSIONS, fit_meanings
from detector.training.paraphrases import Paraphrase, translated_phrases
from detector.training.progress import say
from detector.training.rows import read_articles
from detector.training.tables import load_arrays, load_vocabulary
from detector.training.vectors import build_vectors

ABOUT = (
    "Fitted on MultiMWA's MTRef (Lan, Jiang and Xu 2021; Yao 2014), Edinburgh++ (Cohn, Callison-Burch and Lapata 2008;"
    " Thadani, Martin and White 2012) and Microsoft Research's alignments of RTE 2006 (Brockett 2007), their training"
    " parts. The vectors were counted on the news that the card of the model news-en names, and fitted on pairs of"
    " words of PPDB 1.0 (Ganitkevitch, Van Durme and Callison-Burch 2013; CC BY 3.0) and on phrases of the translations"
    " that the card names. No sentence of any is kept: weights, words with their vectors, and pairs of words with the"
    " odds of a link."
)
SEED = 1


@click.command()
@click.argument("alignments", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("work", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(alignments: Path, work: Path) -> None:
    """Fit on the word ALIGNMENTS of a folder, and on the tables and texts of the WORK folder that made the model."""
    layout = Layout(work)
    resources = load_model(default_model_path()).resources
    vocabulary = load_vocabulary(layout)
    if vocabulary.words != resources.vocabulary.words:
        raise click.UsageError(f"{work} is of another model than the default one: name the work folder that made it")
    cells = Cells.of([pair for name in SETS for pair in read_gold(alignments / name)], resources)
    counted = build_vectors(load_arrays(layout.table("tokens"))["ids"], len(vocabulary), SEED, N_DIMENSIONS)
    pairs = (tuple(sorted(pair)) for pair in ppdb_pairs(layout.pairs, vocabulary.id_of))
    paraphrases: Counter[Paraphrase] = Counter({((one,), (two,)): 1 for one, two in pairs})
    say(f"{len(paraphrases):,} pairs of words")
    linker = fit(cells, resources, fit_meanings(counted, resources, paraphrases)).linker
    phrases = translated_phrases(read_articles(layout.corpus("translations")), resources, linker)
    say(f"{len(phrases):,} pairs of phrases")
    linker = fit(cells, resources, fit_meanings(counted, resources, paraphrases + phrases)).linker
    save_linker(PATH, linker, ABOUT)


if __name__ == "__main__":
    main()
