"""The step `unspin corpus`: from the corpora of the user to the training texts of a work folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from detector.errors import CorpusError
from detector.training.corpus_report import corpus_page, corpus_report
from detector.training.layout import Layout
from detector.training.prepare import CorpusFiles, Prepared, find_files, prepare
from detector.training.progress import say
from detector.training.rows import article_row, write_rows
from detector.training.sample import prepare_sample, sample_files
from detector.training.sources import SOURCES, read_sources
from detector.training.steps import Step, Steps, opened, written_whole
from detector.training.texts import MACHINE, PARTS, PER_SOURCE, TRANSLATION_PARTS

LEAST_IN_PART = 5  # articles: of fewer some step has nothing to fit on; a model that judges takes hundreds


@dataclass(frozen=True)
class Given:
    """What a work folder is made from, as the commands were given it: paths, the seed, and the model's version."""

    corpora: list[str] = field(default_factory=list)
    sample: str | None = None
    feedback: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    seed: int = 1
    version: str | None = None


def corpus_work(
    folder: Path,
    corpora: Sequence[Path] = (),
    sample: Path | None = None,
    feedback: Sequence[Path] = (),
    seed: int | None = None,
) -> None:
    """Write the training texts into the work folder; what is not given is as it was the last time.

    Raises CorpusError where nothing was ever given, and where a sample would take the place of real corpora.
    """
    with opened(folder) as steps:
        layout = Layout(folder)
        before = read_given(layout)
        if sample is not None and before.corpora:
            raise CorpusError(
                f"{folder} is made from real corpora; expected another folder for the sample: give --work"
            )
        named = bool(corpora or sample)
        given = Given(
            corpora=_absolute(corpora) if named else before.corpora,
            sample=str(sample.resolve()) if sample else None if named else before.sample,
            feedback=_absolute(feedback) if named or feedback else before.feedback,
            families=before.families,
            seed=before.seed if seed is None else seed,
            version=before.version,
        )
        if not given.corpora and given.sample is None:
            raise CorpusError(f"{folder} has no corpus yet: name the folder of corpora with --corpora DIR")
        if before.feedback and not given.feedback:
            say("the verdicts of the last time are not read: name them, too, with --feedback, to learn from them")
        _gather(steps, layout, given)
        write_given(layout, given)


def read_given(layout: Layout) -> Given:
    """What the commands were given so far."""
    try:
        return Given(**json.loads(layout.given.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Given()
    except (ValueError, TypeError) as error:
        raise CorpusError(f"{layout.given} is damaged: remove it, and run `unspin corpus --corpora DIR`") from error


def write_given(layout: Layout, given: Given) -> None:
    """Remember what the commands were given."""
    with written_whole(layout.given) as partial:
        partial.write_text(json.dumps(asdict(given), indent=1) + "\n", encoding="utf-8")


def read_report(layout: Layout) -> dict[str, Any]:
    """What `unspin corpus` found."""
    try:
        report: dict[str, Any] = json.loads(layout.report.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"no corpus in {layout.folder}: run `unspin corpus --work {layout.folder}` first") from error
    return report


def _absolute(paths: Sequence[Path]) -> list[str]:
    return [str(path.resolve()) for path in paths]


def _gather(steps: Steps, layout: Layout, given: Given) -> None:
    feedback = [Path(path) for path in given.feedback]
    sample = None if given.sample is None else Path(given.sample)
    files = find_files(map(Path, given.corpora)) if sample is None else CorpusFiles(sample_files(sample), [], None)
    pairs = [files.pairs] if files.pairs else []
    names = (*PARTS, "translations", "feedback")
    step = Step(
        name="corpus",
        version=1,
        inputs=[*files.clean, *files.translations, *pairs, *feedback, SOURCES],
        outputs=[*map(layout.corpus, names), layout.pairs, layout.report, layout.page],
        parameters={
            "seed": given.seed,
            "sample": sample is not None,
            "shares": [PARTS, TRANSLATION_PARTS, PER_SOURCE],
            "files": [len(files.clean), len(files.translations), len(pairs), len(feedback)],
        },
    )

    def make() -> None:
        prepared = prepare(files, feedback, given.seed) if sample is None else prepare_sample(sample, feedback)
        if sample is None:
            _refuse_few(prepared)
        report = corpus_report(
            prepared, files.pairs, steps.digest, read_sources(), demonstration=sample is not None, seed=given.seed
        )
        _write(layout, prepared, files.pairs, report)
        _tell(layout, report)
        if feedback:
            verdicts = ", ".join(f"{label} {count:,}" for label, count in report["feedback"].items())
            say(f"verdicts of reviewers: {verdicts or 'none that can be used'}")

    steps.do(step, make)


def _refuse_few(prepared: Prepared) -> None:
    """Raise CorpusError where a part has too few texts for the steps that follow."""
    counts = {name: len(prepared.parts[name]) for name in ("language", "fit", "calibrate")}
    if min(counts.values()) < LEAST_IN_PART:
        got = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        why = "; ".join(f"{count:,} {reason}" for reason, count in prepared.rejected.most_common(3))
        left_out = f" (left out: {why})" if why else ""
        raise CorpusError(
            f"expected at least {LEAST_IN_PART} articles in each part, got {got}{left_out}: give more clean articles"
        )
    if not prepared.translated("fit", {MACHINE}):
        raise CorpusError("no machine translation to fit on: give more translations, of several documents")


def _write(layout: Layout, prepared: Prepared, pairs: Path | None, report: dict[str, Any]) -> None:
    for name, placed in prepared.parts.items():
        write_rows(layout.corpus(name), (article_row(one.article, story=one.story) for one in placed))
    rows = (article_row(article, part=part) for article, part in prepared.translations)
    write_rows(layout.corpus("translations"), rows)
    write_rows(layout.corpus("feedback"), (verdict.row() for verdict in prepared.feedback))
    with written_whole(layout.pairs) as partial:
        partial.write_bytes(pairs.read_bytes() if pairs else b"")
    with written_whole(layout.report) as partial:
        partial.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with written_whole(layout.page) as partial:
        partial.write_text(corpus_page(report), encoding="utf-8")


def _tell(layout: Layout, report: dict[str, Any]) -> None:
    """Say in a few lines what the report says in many."""
    counts = ", ".join(f"{name} {part['articles']:,}" for name, part in report["parts"].items())
    say(f"articles by part: {counts}; {sum(report['rejected'].values()):,} left out")
    if report["bad_rows"]["count"]:
        say(f"{report['bad_rows']['count']:,} bad rows were passed over")
    for file in report["files"]:
        if file["differs"]:
            say(f"{file['file']} is not the version of it that data/sources.toml lists")
    unknown = sum(1 for file in report["files"] if not file["source"] and not file["differs"])
    if unknown and not report["demonstration"]:
        say(f"{unknown:,} files are not in data/sources.toml: the model card will call them an archive of one's own")
    say(f"more in {layout.page}")
