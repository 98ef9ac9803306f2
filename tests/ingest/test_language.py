"""Language and prose: what is refused, in which words, and what is not. All texts are our own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from detector.ingest import Language, count_words, english_share, language, prepare, refuse
from detector.text import Article, Record, Span

ENGLISH = (
    "The harbour board will vote next week on a plan to dredge the northern channel, which has silted up since the "
    "storms of last winter. Two of the three ferries turn back at low tide, and the company that runs them wants its "
    "dues lowered until the work is done. A report to the board puts the cost at nine million crowns.\n"
)
OTHERS = {
    "de": "Der Stadtrat will in der nächsten Woche über den Ausbau der alten Brücke abstimmen, die seit dem Sturm im "
    "vergangenen Winter gesperrt ist. Die Kosten werden auf neun Millionen geschätzt, sagte der Bürgermeister. ",
    "es": "El ayuntamiento votará la próxima semana un plan para reparar el viejo puente, que está cerrado desde la "
    "tormenta del invierno pasado. Las obras costarán nueve millones y durarán un mes, dijo el alcalde el lunes. ",
    "ru": "Городской совет на следующей неделе проголосует за ремонт старого моста, который закрыт после бури прошлой "
    "зимой. Работы обойдутся в девять миллионов и продлятся месяц, сказал мэр в понедельник. ",
    "id": "Dewan kota akan memilih pekan depan tentang rencana memperbaiki jembatan tua yang ditutup sejak badai pada "
    "musim lalu. Pekerjaan itu akan menelan biaya sembilan juta dan berlangsung sebulan, kata wali kota pada Senin. ",
    "fr": "Le conseil municipal votera la semaine prochaine sur un plan de réparation du vieux pont, fermé depuis la "
    "tempête de l'hiver dernier. Les travaux coûteront neuf millions et dureront un mois, a dit le maire lundi. ",
    "nl": "De gemeenteraad stemt volgende week over een plan om de oude brug te herstellen, die sinds de storm van "
    "afgelopen winter dicht is. Het werk kost negen miljoen en duurt een maand, zei de burgemeester maandag. ",
}
FIRST_NAMES, LAST_NAMES = ("Ada", "Juma", "Mei", "Olav"), ("Brandt", "Okoye") * 20
NAMES = "\n".join(f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES)
RESULTS = "\n".join(f"Wexley {n % 4} Dunmore {n % 3} 15:{n:02d} 1,{n:03d}" for n in range(60))


def article(text: str, clutter: tuple[Span, ...] = ()) -> Article:
    return Article("x", text, clutter)


def code_of(text: str) -> str | None:
    refusal = refuse(prepare(Record("x", text)))[1]
    return None if refusal is None else refusal.code


@pytest.mark.parametrize("code", OTHERS)
def test_other_languages_are_named_and_refused(code: str) -> None:
    text = OTHERS[code] * 5
    found, refusal = refuse(article(text))
    assert found == code
    assert count_words(article(text)) == 5 * count_words(article(OTHERS[code]))
    assert refusal is not None
    assert refusal.code == "not-english"
    assert refusal.message.startswith(f"expected English, got text that looks like '{code}'")
    assert english_share(text) < 0.1


@pytest.mark.parametrize(
    ("before", "is_markdown"),
    [
        (" " * 6_000, False),
        ("\n" * 6_000, False),
        (f"Dredging{' ' * 6_000}", False),
        ("```\n" + "x = 1\n" * 1_000 + "```\n", True),
    ],
)
def test_blanks_before_a_story_hide_nothing_of_it(before: str, is_markdown: bool) -> None:
    record = Record("x", f"{before}\n{ENGLISH * 3}", is_markdown=is_markdown)
    assert refuse(prepare(record)) == ("en", None)


def test_a_guess_at_a_language_is_not_told_as_one() -> None:
    refusal = refuse(article("aaa" * 200_000))[1]
    assert refusal is not None
    assert refusal.code == "not-english"
    assert refusal.message.startswith("expected English, got text that looks like no language in particular")


def test_english_is_known_without_the_identifier() -> None:
    assert language(ENGLISH) == Language("en", 1.0)
    program = (
        "import sys; from detector.ingest import prepare, refuse; from detector.text import Record; "
        "print(refuse(prepare(Record('x', sys.argv[1])))); "
        "sys.exit(any(name in sys.modules for name in ('py3langid', 'trafilatura', 'lxml')))"
    )
    done = subprocess.run([sys.executable, "-c", program, ENGLISH * 3], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("('en', "), done.stderr
    assert done.returncode == 0, "py3langid, trafilatura or lxml was imported for English text"


def test_probability_is_one_for_the_gate_and_below_for_the_identifier() -> None:
    assert 0.5 < language(OTHERS["de"]).probability < 1


def test_a_long_english_text_is_not_refused() -> None:
    assert refuse(article(ENGLISH * 3)) == ("en", None)
    assert count_words(article(ENGLISH * 3)) == 186


def test_wrapped_lines_are_prose() -> None:
    wrapped = (ENGLISH * 3).replace(" the ", "\nthe ").replace(" of ", "\nof ")
    assert refuse(article(wrapped))[1] is None


def test_of_capitals_throughout_nothing_is_judged() -> None:
    text = ENGLISH * 4
    language_found, refusal = refuse(article(text.upper()))
    assert (language_found, refusal and refusal.code) == ("en", "in-capitals")
    assert refusal is not None
    assert refusal.message.startswith("expected capitals and small letters, got 100% of the words in capitals")
    assert refuse(article(ENGLISH.upper() + ENGLISH * 3)) == ("en", None)  # a paragraph of them is some writer's way
    assert code_of((ENGLISH.upper() + "\n") * 4) == "in-capitals"
    assert code_of(ENGLISH.upper()) == "too-short"


NOTICES = (
    "Harbour club, Friday: quiz, eight sharp, entry two pounds, bring pens. Saturday: whist, small hall, tea extra."
    " Lifeboat station, Sunday: open day, boat trips every hour, weather permitting. Library, Monday: knitting circle,"
    " beginners welcome, wool provided. Scout hut, Tuesday: jumble sale, clean bedding, toys, no electrical goods."
)


def test_notices_are_no_sentences() -> None:
    """Every line ends with a stop, and little stands between the nouns."""
    assert count_words(article(NOTICES * 3)) >= 120
    found, refusal = refuse(article(NOTICES * 3))
    assert (found, refusal and refusal.code) == ("en", "not-prose")
    assert refusal is not None
    assert "got notes, in which 2% of the words are such as “the” and “of”" in refusal.message
    assert refuse(article(NOTICES + ENGLISH * 3)) == ("en", None)


def test_masked_words_do_not_count() -> None:
    assert count_words(article(ENGLISH * 2)) == 124
    assert refuse(article(ENGLISH * 2)) == ("en", None)
    masked = article(ENGLISH * 2, (Span(0, len("The harbour board will vote next ")),))
    _, refusal = refuse(masked)
    assert count_words(masked) == 118
    assert refusal is not None
    assert refusal.code == "too-short"
    assert refusal.message == "expected at least 120 words, got 118: give the whole article"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "too-short"),
        ("Fire.", "too-short"),
        (ENGLISH, "too-short"),
        (NAMES, "not-prose"),
        (NAMES.replace("\n", ", "), "not-prose"),
        (RESULTS, "not-prose"),
        ("| team | won | lost |\n" + RESULTS.replace(" ", " | "), "not-prose"),
    ],
    ids=["nothing", "one word", "a paragraph", "names on lines", "names in a row", "results", "table"],
)
def test_what_is_too_short_or_no_prose(text: str, code: str) -> None:
    found, refusal = refuse(article(text))
    assert refusal is not None
    assert refusal.code == code
    assert found in {"en", "und"} or code == "not-prose"
    assert text == "" or code_of(text) == code


def test_no_words_give_no_share_and_no_language() -> None:
    assert english_share("") == 0
    assert language("") == Language("und", 0.0)
