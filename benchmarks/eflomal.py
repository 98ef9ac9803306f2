"""Word alignments by eflomal (Östling and Tiedemann 2016), a statistical aligner, to compare ours with.

Of what installs from a package index without a model from elsewhere it did best: see docs/experiments.md. It is no
dependency: a separate program under GPL 3 that is built from source (`pip install eflomal` needs a C compiler). As it
learns from the texts that it aligns, it gets with them all that ours is fitted on: the sentences, and as priors the
links that people drew; and each word as the counterpart of itself besides, without which it does worse. Both directions
are joined by grow-diag (Koehn, Och and Marcu 2003). This way to use it was chosen on Edinburgh's part alone. It draws
at random without a seed: F1 differs by some tenths from run to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from detector.training.aligner import GoldPair

ALIGN, PRIORS = "eflomal-align", "eflomal-makepriors"
NEIGHBOURS = ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))

Links = set[tuple[int, int]]


def is_there() -> bool:
    return _program(ALIGN) is not None and _program(PRIORS) is not None


def aligned(asked: Sequence[GoldPair], learnt: Sequence[GoldPair]) -> list[Links]:
    """Links of the pairs that are asked, whose own are not looked at, having learnt from those of others."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _write_text(folder, "learnt", [(pair.one, pair.two) for pair in learnt])
        (folder / "drawn").write_text(_lines(_written(pair.links) for pair in learnt), encoding="utf-8")
        drawn = ("-f", "drawn", "-r", "drawn")
        _run(folder, PRIORS, "-s", "learnt.one", "-t", "learnt.two", *drawn, "-p", "priors")
        pairs = [*asked, *learnt]
        words = sorted({word for pair in pairs for word in pair.one + pair.two})
        texts = [*((pair.one, pair.two) for pair in pairs), *(((word,), (word,)) for word in words)]
        _write_text(folder, "all", texts)
        made = ("-f", "forward", "-r", "backward", "-p", "priors")
        _run(folder, ALIGN, "-s", "all.one", "-t", "all.two", *made)
        forward, backward = (_read(folder / name)[: len(asked)] for name in ("forward", "backward"))
    return [grow_diag(one, two) for one, two in zip(forward, backward, strict=True)]


def grow_diag(forward: Links, backward: Links) -> Links:
    """The links of both directions, and of either those beside them, even aslant, whose word has none on some side.

    >>> sorted(grow_diag({(0, 0), (1, 1)}, {(0, 0), (3, 3)}))
    [(0, 0), (1, 1)]
    """
    joined, either = forward & backward, forward | backward
    grown = True
    while grown:
        grown = False
        for i, j in sorted(joined):
            for place in ((i + down, j + right) for down, right in NEIGHBOURS):
                if place not in either or place in joined:
                    continue
                if place[0] not in {a for a, _ in joined} or place[1] not in {b for _, b in joined}:
                    joined = joined | {place}
                    grown = True
    return joined


def _program(name: str) -> str | None:
    own = Path(sys.executable).parent
    return shutil.which(name, path=f"{own}{os.pathsep}{os.environ.get('PATH', '')}")


def _run(folder: Path, name: str, *arguments: str) -> None:
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}  # as all that it is compared with
    subprocess.run([str(_program(name)), *arguments], cwd=folder, env=one_thread, check=True)


def _write_text(folder: Path, name: str, texts: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
    ones, twos = zip(*texts, strict=True)
    for side, sentences in (("one", ones), ("two", twos)):
        (folder / f"{name}.{side}").write_text(_lines(" ".join(words) for words in sentences), encoding="utf-8")


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _written(links: Iterable[tuple[int, int]]) -> str:
    return " ".join(f"{i}-{j}" for i, j in sorted(links))


def _read(path: Path) -> list[Links]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [{(int(i), int(j)) for i, j in (link.split("-") for link in line.split())} for line in lines]
