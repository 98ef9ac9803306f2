"""A paraphrase keeps the names and numbers of its source where they stood; another report of the event does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from detector.align.names_held import FEWEST, LEAST_IN_PLACE, LEAST_THERE, retells
from detector.comparison import Comparison, NamesHeld

Compared = Callable[[str, str], Comparison]

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
PARAPHRASED = sorted((SAMPLE / "paraphrased").glob("*.txt"))
# The match and the study of two sample stories, as others would report them: the same players, scores and figures.
OTHERS_OWN = {
    "wexley-aldersea-football.txt": """\
Aldersea United's title hopes took a knock as they went down 2-1 at struggling Wexley Rovers, who played the \
last 30 minutes with ten men.

Steve Lomax's side were two goals behind by half-time. Jaden Osei scored his sixth of the season after Tom \
Ashby-Grey had won possession, and Lewis Sturrock added a header from a corner.

Sturrock was sent off for a foul on Matheus Leite, whose free-kick gave United hope. Leite thought he had \
levelled deep into added time, only for Kieran Dunmore to tip his header on to the bar.

"We left it far too late," Lomax told the club's website. "Two soft goals, and you are chasing the game."

United, third before kick-off, stay on 41 points, four behind the leaders Morland. Harry Mbeki came on at the \
break for Luca Ferri, who has a tight hamstring and will be assessed before the cup tie at Penfold on \
Wednesday.
""",
    "glacier-tide-tremors.txt": """\
An ice stream in Antarctica trembles with every tide, and the places where it has gone quiet may hint at \
trouble, say researchers in Dundee.

Ardley Ice Stream was wired with 34 seismometers by the Institute for Polar Geophysics. Miriam Achterberg, its \
lead scientist, told a briefing in London that 168,000 small quakes were recorded.

The paper in Cryosphere Letters finds five of 22 sticking points have fallen silent since a survey in 2009, \
while the ice sped up by 6 per cent.

Jonas Whitcombe of the Arctic Centre in Rovaniemi said ice in Greenland showed nothing of the kind. "I would \
like to see this repeated on Petermann," he said.

Ministers were asked about sea level in the Commons on Thursday. The government put £7 million into polar \
science last year, and the ship Sir Edwin Bray sails from Rothera in January.
""",
}


def read(kind: str, name: str) -> str:
    return (SAMPLE / kind / name).read_text(encoding="utf-8")


def test_each_figure_counts_what_it_says(compared: Compared) -> None:
    reference = "Lewis Sturrock headed in the corner at Aldersea. The keeper Reid had no chance at all in 2019."
    suspect = "Lewis Sturrock headed in the corner at Penfold. The keeper Sturrock had no chance at all in 2019."
    names = compared(suspect, reference).derivation.names
    # Here: lewis, sturrock (twice), penfold, 2019; there: lewis, sturrock, aldersea, reid, 2019.
    assert names == NamesHeld(n=4, there=3 / 4, kept=3 / 5, in_place=3 / 5)


def test_a_text_without_names_shares_none(compared: Compared) -> None:
    plain = "the match was played in the rain and nobody stayed to the end of it"
    assert compared(plain, plain).derivation.names == NamesHeld(0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("path", PARAPHRASED, ids=lambda path: path.stem)
def test_a_paraphrase_retells_its_source(compared: Compared, path: Path) -> None:
    suspect = path.read_text(encoding="utf-8")
    assert retells(compared(suspect, read("clean", path.name)).derivation.names)
    others = [one.name for one in sorted((SAMPLE / "clean").glob("*.txt")) if one.name != path.name]
    assert not any(retells(compared(suspect, read("clean", other)).derivation.names) for other in others)


@pytest.mark.parametrize("name", OTHERS_OWN)
def test_another_report_of_the_event_does_not(compared: Compared, name: str) -> None:
    assert not retells(compared(OTHERS_OWN[name], read("clean", name)).derivation.names)
    assert not retells(compared(read("clean", name), OTHERS_OWN[name]).derivation.names)


@pytest.mark.parametrize("short", range(4))
def test_every_figure_is_asked_for(short: int) -> None:
    enough = [FEWEST, LEAST_THERE, LEAST_THERE, LEAST_IN_PLACE]
    assert retells(NamesHeld(*enough))  # type: ignore[arg-type]
    enough[short] *= 0.9
    assert not retells(NamesHeld(*enough))  # type: ignore[arg-type]
