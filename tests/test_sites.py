"""Sites: made-up results with a spinner planted at three of them, and what a stranger may put into a file of rows."""

from __future__ import annotations

import gzip
import io
import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from click.testing import CliRunner, Result
from reports import make_report
from scipy import stats

from detector.cli import main
from detector.errors import InputError
from detector.render import to_json
from detector.sites import Site, Sites, Swap, Tally, View, read, read_sites, view_sites
from detector.sites.chance import holm, log_tail
from detector.sites.groups import _Null, find_groups

NUMBERS = itertools.count()
SPINNER = [(f"plain word {i}", f"odd word {i}") for i in range(12)]
HOUSE = [("told", "said"), ("lorry", "truck")]  # what every site does


@pytest.mark.parametrize(
    ("hits", "n", "rate"), [(0, 5, 0.1), (1, 20, 0.01), (3, 20, 0.01), (50, 400, 0.1), (7, 7, 0.3)]
)
def test_the_tail_against_scipy(hits: int, n: int, rate: float) -> None:
    assert log_tail(hits, n, rate) == pytest.approx(stats.binom.logsf(hits - 1, n, rate), abs=1e-9)


def test_the_tail_by_hand() -> None:
    """2 or 3 of 3 at a fifth: 3 * 0.04 * 0.8 + 0.008; what floating point cannot hold is a logarithm still."""
    assert math.exp(log_tail(2, 3, 0.2)) == pytest.approx(0.104)
    assert log_tail(900, 1000, 0.01) == pytest.approx(stats.binom.logpmf(900, 1000, 0.01), rel=0.001)
    assert log_tail(900, 1000, 0.01) < -1000


def test_holm_by_hand() -> None:
    logs = [math.log(p) for p in (0.01, 0.5, 0.02)]
    assert [math.exp(log) for log in holm(logs)] == pytest.approx([0.03, 0.5, 0.04])
    assert [math.exp(log) for log in holm(logs[:1], 10)] == pytest.approx([0.1])
    assert holm([]) == []


def row(site: str | None = "a.example", **changes: Any) -> dict[str, Any]:
    """A result of a text of its own; `swaps` are (source, site) wordings, `suggested` the same without a source."""
    number = next(NUMBERS)
    values = to_json(make_report(f"Story number {number}.", id=f"story-{number}"))
    swaps, suggested = changes.pop("swaps", ()), changes.pop("suggested", ())
    values["url"] = None if site is None else f"https://www.{site}/{number}"
    if swaps:
        values["references"] = [{"id": "wire"}]
        values["swaps"] = [
            {
                "reference_id": "wire",
                "suspect": {"start": 10 * i, "end": 10 * i + 4, "text": written},
                "reference": {"start": 0, "end": 4, "text": original},
                "operation": "substituted",
                "severity": "wording",
                "odds": 1.0,
            }
            for i, (original, written) in enumerate(swaps)
        ]
    values["evidence"] = [
        {"start": 5, "end": 9, "text": written, "severity": "wording", "suggestions": [{"text": original}]}
        for original, written in suggested
    ]
    return values | changes


def flagged(site: str | None = "a.example", **changes: Any) -> dict[str, Any]:
    return row(site, **{"flagged": True, "verdict": "spun", **changes})


def read_rows(*rows: object, site_field: str | None = None) -> Sites:
    lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    return read_sites(["-"], io.BytesIO("\n".join(lines).encode()), site_field)


def planted() -> Iterator[dict[str, Any]]:
    """Three sites of one spinner, of which 10 of 30 articles are flagged; five honest ones with habits of their own."""
    for s in range(3):
        for i in range(30):
            swaps = [SPINNER[(i + k) % len(SPINNER)] for k in range(6)] + HOUSE
            yield (flagged if i < 10 else row)(f"spun-{s}.example", swaps=swaps)
    for s in range(5):
        own = [(f"term {s} {k}", f"word {s} {k}") for k in range(6)]
        for i in range(30):
            yield (flagged if i < s % 2 else row)(f"honest-{s}.example", swaps=own + HOUSE)


@pytest.fixture(scope="module")
def view() -> View:
    return view_sites(read_rows(*planted()))


def test_the_sites_of_a_spinner_are_cases_and_one_group(view: View) -> None:
    assert [one.site.name for one in view.cases] == ["spun-0.example", "spun-1.example", "spun-2.example"]
    assert [group.sites for group in view.groups] == [("spun-0.example", "spun-1.example", "spun-2.example")]
    group = view.groups[0]
    assert len(group.links) == 3
    assert {link.shared for link in group.links} == {len(SPINNER)}
    assert {swap for swap, _ in group.swaps} == {Swap(*pair) for pair in SPINNER}
    assert {n for _, n in group.swaps} == {3}


def test_honest_sites_are_neither(view: View) -> None:
    honest = [one for one in view.sites if one.site.name.startswith("honest")]
    assert {(one.verdict, one.group) for one in honest} == {("no_case", None)}
    assert sorted(one.site.flagged for one in honest) == [0, 0, 0, 1, 1]


def test_the_figures_of_a_case_by_hand(view: View) -> None:
    one = view.cases[0]
    assert (one.site.articles, one.site.judged, one.site.flagged, one.site.traced) == (30, 30, 10, 30)
    assert one.log_chance == pytest.approx(stats.binom.logsf(9, 30, 0.0122))
    assert one.log_chance is not None
    assert one.log_in_run == pytest.approx(one.log_chance + math.log(8))
    recurring = {swap.swap: (swap.tally.articles, swap.sites) for swap in one.recurring}
    assert recurring[Swap("told", "said")] == (30, 8)
    # of 30 starts from 0 on, round 12 pairs, six in a row: pair 0 has starts 0 and 7 to 11 of each round, and start 24
    assert recurring[Swap(*SPINNER[0])] == (13, 3)
    assert [swap.swap for swap in one.recurring][-2:] == [Swap("lorry", "truck"), Swap("told", "said")]


def exact_pair(held: list[float], d: int) -> float:
    """The chance of sites 0 and 1 among d, where each is with the chance `held` and nothing else is known.

    The distribution of most entropy: a set is as probable as the product of its members' weights, which are fitted.
    """
    sets = np.array([[i in chosen for i in range(len(held))] for chosen in itertools.combinations(range(len(held)), d)])
    weights = np.array(held)
    for _ in range(3000):
        chances = np.where(sets, weights, 1).prod(axis=1)
        chances /= chances.sum()
        weights *= np.array(held) / (chances @ sets)
    return float(chances[sets[:, 0] & sets[:, 1]].sum())


@pytest.mark.parametrize(
    ("busy", "d"),
    [((30, 20, 15, 15, 10, 5, 5), 3), ((10, 10, 10), 2), ((6, 6, 6, 6, 6, 6), 2), ((3, 4, 30, 30, 20), 2)],
)
def test_the_chance_of_a_shared_swap_against_all_sets(busy: tuple[int, ...], d: int) -> None:
    """Hajek's approximation is within a tenth or above; the bound is no smaller than the tail of 30 exact draws."""
    null = _Null.of(busy, {d: 30})
    exact = exact_pair([d * n / sum(busy) for n in busy], d)
    assert null.both(0, 1)[0] >= 0.9 * exact
    for shared in range(4, 31):
        tail = stats.binom.sf(shared - 1, 30, exact)
        assert null.log_bound(shared * math.log(len(busy) / d), 0, 1) >= math.log(tail) - 0.5


@pytest.mark.parametrize("n_sites", [4, 6, 40])
def test_what_busy_sites_share_by_chance_joins_none(n_sites: int) -> None:
    """Sites that draw from one list, common words first: whatever two of them share, others share as well."""
    rng = np.random.default_rng(11)
    words = [Swap(f"a{i}", f"b{i}") for i in range(200)]
    weights = np.log(1 / np.arange(1, 201))
    for _ in range(20):
        habits = {}
        for s in range(n_sites):
            order = np.argsort(-(weights + rng.gumbel(size=200)))
            habits[f"site {s}"] = {words[i] for i in order[: int(rng.integers(5, 60))]}
        assert find_groups(habits) == []


def test_two_sites_are_no_group() -> None:
    assert find_groups({site: {Swap(*pair) for pair in SPINNER} for site in ("a", "b")}) == []
    assert find_groups({}) == []


def test_copies_of_one_text_join_nobody() -> None:
    """The same five texts at two sites: each keeps its swaps, and no group rests on them."""
    texts = [row(swaps=SPINNER) for _ in range(5)]
    copies = [one | {"url": f"https://b.example/{i}"} for i, one in enumerate(texts)]
    others = [row(f"c{i}.example", swaps=[(f"x{i}", f"y{i}")]) for i in range(12) for _ in range(2)]
    view = view_sites(read_rows(*texts, *copies, *others))
    assert view.groups == ()
    copied = next(one for one in view.sites if one.site.name == "b.example")
    assert (copied.site.copied, len(copied.recurring)) == (5, len(SPINNER))
    independent = [row("b.example", swaps=SPINNER) for _ in range(5)]
    assert [group.sites for group in view_sites(read_rows(*texts, *independent, *others)).groups] == [
        ("a.example", "b.example")
    ]


def test_a_swap_counts_once_an_article_and_a_text_once_a_site() -> None:
    one = row(swaps=[("Region", "patch"), ("region ", "PATCH"), ("region", "region")])
    sites = read_rows(one, one, row(swaps=[("region", "patch")]))
    site = sites.sites["a.example"]
    assert (site.articles, site.repeated) == (2, 1)
    assert list(site.swaps) == [Swap("region", "patch")]
    tally = site.swaps[Swap("region", "patch")]
    assert (tally.articles, tally.sourced, [place.start for place in tally.places]) == (2, 2, [0, 0])


def test_suggestions_of_flagged_articles_count_where_there_is_no_source() -> None:
    pair = [("region", "patch")]
    sites = read_rows(
        flagged(suggested=pair), row(suggested=[("x", "y")]), flagged(swaps=SPINNER, suggested=[("p", "q")])
    )
    swaps = sites.sites["a.example"].swaps
    assert set(swaps) == {Swap(*pair[0]), *(Swap(*one) for one in SPINNER)}
    assert (swaps[Swap("region", "patch")].articles, swaps[Swap("region", "patch")].sourced) == (1, 0)


def test_what_the_desk_would_rather_read_is_no_habit_of_a_site() -> None:
    own = flagged(suggested=[("region", "patch")])
    assert read_rows(own).sites["a.example"].swaps
    own["evidence"][0]["extractor"] = "desk-dictionary"
    assert not read_rows(own).sites["a.example"].swaps


def test_flags_by_a_source_are_no_part_of_the_rate() -> None:
    """The false-positive rate was measured on texts alone."""
    sites = read_rows(*(flagged(verdict="paraphrased", basis="reference") for _ in range(25)))
    assert (sites.sites["a.example"].flagged, sites.sites["a.example"].paraphrased) == (0, 25)
    assert view_sites(sites).cases == ()


def test_few_articles_are_no_case() -> None:
    view = view_sites(read_rows(*(flagged() for _ in range(29))))
    assert [(one.verdict, one.log_chance) for one in view.sites] == [("too_few", None)]
    view = view_sites(read_rows(*(flagged() for _ in range(2)), *(row() for _ in range(28))))
    assert [one.verdict for one in view.sites] == ["no_case"]  # two may be one writer's
    assert [one.verdict for one in view_sites(read_rows(*(flagged() for _ in range(30)))).sites] == ["case"]


def test_the_rate_is_the_larger_of_asked_and_measured() -> None:
    rate = row()["false_positive_rate"]
    assert read_rows(row()).rate == 0.0122
    assert read_rows(row() | {"false_positive_rate": rate | {"interval": [0.001, 0.003]}}).rate == 0.01


@pytest.mark.parametrize(
    ("fields", "site_field", "site"),
    [
        ({"url": "HTTPS://www.Spin.Example:80/x", "outlet": "Reuters"}, None, "spin.example"),
        ({"url": None, "outlet": " The Daily  SPIN "}, None, "the daily spin"),
        ({"url": "http://[::1", "outlet": "Wire"}, None, "wire"),
        ({"url": "https://a.example", "outlet": "Wire"}, "outlet", "wire"),
        ({"input": {"crawl": "https://b.example/x"}}, "crawl", "b.example"),
        ({"input": {"crawl": "b" * 10_000}}, "crawl", "b" * 253),
    ],
)
def test_the_site_of_an_article(fields: Mapping[str, object], site_field: str | None, site: str) -> None:
    assert list(read_rows(row() | fields, site_field=site_field).sites) == [site]


@pytest.mark.parametrize("value", [None, 7, ["a"], "", "   ", "https://", "http://[::1", {"host": "x"}, True])
def test_what_is_no_site_is_told(value: object) -> None:
    sites = read_rows(row(), row() | {"url": value, "outlet": value})
    assert (sites.nowhere, list(sites.sites)) == (1, ["a.example"])


def test_without_any_site_or_row_there_is_an_error() -> None:
    with pytest.raises(InputError, match=r"expected a url or an outlet in some rows, got none in 1: .* --site-field"):
        read_rows(row(None))
    with pytest.raises(InputError, match="in the field 'desk'"):
        read_rows(row(), site_field="desk")
    with pytest.raises(InputError, match=r"expected rows that `unspin score` wrote, got none$"):
        read_rows("")


def hostile() -> Iterator[object]:
    yield from ("{", "[]", "null", "[" * 100_000, "9" * 5000, '{"schema": "unspin.result/1"}')
    swap = row(swaps=[("a", "b")])["swaps"][0]
    for changes in (
        {"id": None},
        {"text_sha256": 5},
        {"text_sha256": "no digest"},
        {"flagged": "yes"},
        {"basis": None},
        {"false_positive_rate": {"asked": 0.01, "interval": [0, float("nan")]}},
        {"false_positive_rate": {"asked": 0, "interval": [0, 0]}},
        {"false_positive_rate": {"asked": 0.01, "interval": []}},
        {"references": [{}], "swaps": None},
        {"references": [{}], "swaps": [swap | {"suspect": {"start": -1, "end": 2, "text": "b"}}]},
        {"references": [{}], "swaps": [swap | {"suspect": {"start": 10**30, "end": 10**31, "text": "b"}}]},
        {"references": [{}], "swaps": [swap | {"reference": {"start": 0, "end": 2, "text": 9}}]},
        {"flagged": True, "evidence": [{"suggestions": "x"}]},
        {"url": ..., "status": "fine"},
    ):
        yield json.dumps(row() | changes, default=str)


@pytest.mark.parametrize("line", list(hostile()), ids=lambda line: str(line)[:30])
def test_a_line_that_is_no_row_is_left_out_and_told(line: object) -> None:
    sites = read_rows(row(), line)
    assert (sites.left_out, len(sites.told), sites.sites["a.example"].articles) == (1, 1, 1)
    assert len(sites.told[0]) < 200


def test_long_wordings_are_no_habit_and_long_ids_are_cut() -> None:
    one = row(swaps=[("x" * 10**6, "y"), ("a", "b" * 101), ("a", "b")]) | {"id": "i" * 10**6}
    site = read_rows(one).sites["a.example"]
    assert list(site.swaps) == [Swap("a", "b")]
    assert len(site.swaps[Swap("a", "b")].places[0].article) == 500


def test_the_table_of_swaps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the table is freed from below: what recurs stays, and it is told."""
    monkeypatch.setattr(read, "MAX_SWAPS", 20)
    rows = [row(swaps=[("always", "ever"), *((f"a{i} {k}", f"b{i} {k}") for k in range(8))]) for i in range(12)]
    sites = read_rows(*rows)
    site = sites.sites["a.example"]
    assert sites.forgotten > 0
    assert len(site.swaps) <= 20
    assert site.swaps[Swap("always", "ever")].articles == 12


def test_too_many_sites_are_refused() -> None:
    lines = "\n".join(json.dumps(row(f"{i}.example")) for i in range(4)).encode()
    with pytest.raises(InputError, match=r"at most 3 sites, got more: .* --site-field, or raise --max-sites"):
        read_sites(["-"], io.BytesIO(lines), most_sites=3)
    assert len(read_sites(["-"], io.BytesIO(lines), most_sites=4).sites) == 4


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The planted sites, and at two of them names and wordings that act on a terminal or a page."""
    path = tmp_path_factory.mktemp("sites") / "a.jsonl"
    bad = [("<script>alert(1)</script>", "pay\u202elap\x1b[2J"), ("</title>", "<img src=x>")]
    rows = [*planted()]
    rows += [row(None, swaps=bad) | {"outlet": "<script>x</script>\u202e"} for _ in range(3)]
    rows += [flagged("spun-0.example", swaps=bad) | {"id": "<b>id\u2066\x1b</b>"} for _ in range(14)]
    path.write_text("\n".join([*map(json.dumps, rows), '{"text": "SECRET"}']), encoding="utf-8")
    return path


def unspin(*args: str | Path, columns: int = 80) -> Result:
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(main, ["swaps", *(str(arg) for arg in args)])


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_the_table_fits_the_terminal(results: Path, columns: int) -> None:
    done = unspin(results, columns=columns)
    assert done.exit_code == 1
    assert max(map(len, done.stdout.splitlines())) <= columns
    shown = " ".join(done.stdout.split())
    assert "9 sites with 257 judged articles: 3 cases, 5 not surely flagged" in shown
    assert "1. spun-0.example (group 1)" in shown
    assert "Group 1, more alike in their swaps than chance makes sites: spun-0.example (case)" in shown
    assert "Left out, as no result: 1 line" in shown
    assert not re.search("[\x1b\u202e\u2066]|SECRET", done.stdout)


def test_the_json(results: Path) -> None:
    said = json.loads(unspin(results, "--format", "json").stdout)
    assert (said["schema"], said["cases"], said["left_out"]["lines"]) == ("unspin.sites/1", 3, 1)
    first = said["sites"][0]
    assert (first["site"], first["verdict"], first["group"], first["flagged"]) == ("spun-0.example", "case", 1, 24)
    assert first["log10_chance_in_run"] == pytest.approx(first["log10_chance"] + math.log10(8), abs=0.02)
    assert said["groups"][0]["sites"] == ["spun-0.example", "spun-1.example", "spun-2.example"]
    assert {swap["sites"] for swap in said["groups"][0]["shared"]} == {3}
    assert "SECRET" not in json.dumps(said)


def test_the_page_is_one_and_shows_text_as_text(results: Path, tmp_path: Path) -> None:
    page = tmp_path / "sites.html"
    assert unspin(results, "-o", page).exit_code == 1  # a page, as its name says
    html = page.read_text(encoding="utf-8")
    assert html.count("<svg") >= 9
    assert not re.search(r"<script|<img|<b>|[\x1b\u202e\u2066]|SECRET|https?://", html)
    assert all(escaped in html for escaped in ("&lt;script&gt;", "&lt;/title&gt;", "&lt;b&gt;id&lt;U+2066&gt;"))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gz", "zst"])
def test_packed_results_are_read(results: Path, tmp_path: Path, pack: Any) -> None:
    packed = tmp_path / f"a.jsonl.{'gz' if pack is gzip.compress else 'zst'}"
    packed.write_bytes(pack(results.read_bytes()))
    plain, ours = (json.loads(unspin(path, "--format", "json").stdout) for path in (results, packed))
    assert plain["sites"] == ours["sites"]
    packed.write_bytes(pack(results.read_bytes())[:-30])
    done = unspin(packed)
    assert done.exit_code == 2
    assert "it ends in the middle" in done.stderr
    packed.write_bytes(b"no such format")
    assert "got none" in unspin(packed).stderr


def test_without_a_case_the_exit_code_is_0(tmp_path: Path) -> None:
    path = tmp_path / "honest.jsonl"
    path.write_text("\n".join(json.dumps(row()) for _ in range(20)), encoding="utf-8")
    done = unspin(path)
    assert (done.exit_code, "0 cases" in done.stdout) == (0, True)
    assert "No swaps in these results" in " ".join(done.stdout.split())
    assert unspin(path, "--site-field", "desk").exit_code == 2
    assert unspin(tmp_path / "none.jsonl").exit_code == 2
    assert unspin(path, "-o", path).exit_code == 2


def test_a_site_without_swaps_has_no_habit() -> None:
    sites = Sites(
        sites={"a": Site("a", articles=30, judged=30, flagged=9, swaps={Swap("x", "y"): Tally(1)})}, rate=0.01
    )
    assert [(one.verdict, one.recurring) for one in view_sites(sites).sites] == [("case", ())]
