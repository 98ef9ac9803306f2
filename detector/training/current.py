"""Whether what lies in a work folder is of one run: a step refuses what was made from another corpus than lies there.

Each step alone cannot see it. A corpus that is parted anew has articles in its test part that the spun texts, or the
model, of the corpus before were fitted on.
"""

from __future__ import annotations

from detector.training.layout import Layout
from detector.training.odd_english import ODD_ENGLISH
from detector.training.steps import Steps
from detector.training.texts import PARTS

SPUN_OF = {"fit": ("round_trips", "tokens", "articles", "odd"), "calibrate": ("calibrate", "notes")}


def refuse_half_corpus(steps: Steps, layout: Layout) -> None:
    """Raise CorpusError where the step `corpus` was stopped while it wrote the parts anew."""
    parts = [layout.corpus(name) for name in (*PARTS, "translations", "feedback")]
    steps.refuse_changed("corpus", f"unspin corpus --work {layout.folder}", outputs=[*parts, layout.report])


def refuse_spun_before(steps: Steps, layout: Layout, part: str) -> None:
    """Raise CorpusError where texts were spun from another corpus, for a `part` of it that is fitted or calibrated."""
    for name in SPUN_OF[part]:
        read = [layout.corpus(part), layout.corpus("translations"), *([ODD_ENGLISH] if name == "odd" else [])]
        step = f"spun-{name.replace('_', '-')}"
        steps.refuse_changed(step, f"unspin spin --work {layout.folder}", inputs=read, outputs=[layout.spun(name)])


def refuse_model_before(steps: Steps, layout: Layout) -> None:
    """Raise CorpusError where the model is of another corpus."""
    run = f"unspin train --work {layout.folder}"
    fitted_on = [layout.corpus(name) for name in ("fit", "translations", "feedback")]
    steps.refuse_changed("tables-tokens", run, inputs=[layout.corpus("language")])
    steps.refuse_changed("fit-articles", run, inputs=fitted_on)
    steps.refuse_changed("model", run, inputs=[layout.report])
