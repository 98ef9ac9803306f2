"""One agency has many spellings, and many words look like one."""

from __future__ import annotations

import pytest

from detector.agencies import agencies_in, agency_of


@pytest.mark.parametrize(
    ("credit", "expected"),
    [
        ("VELMAR, March 3 (Reuters) -", {"Reuters"}),
        ("© Thomson Reuters 2026", {"Reuters"}),
        ("VELMAR (AP) —", {"AP"}),
        ("By The Associated Press", {"AP"}),
        ("Copyright 2026 THE ASSOCIATED PRESS", {"AP"}),
        ("Agence France-Presse", {"AFP"}),
        ("SYDNEY (Australian Associated Press) -", {"AAP"}),
        ("Associated Press of Pakistan", {"APP"}),
        ("(AP/AFP)", {"AP", "AFP"}),
        ("BERLIN (dpa) -", {"dpa"}),
        ("Press Trust of India", {"PTI"}),
        ("(Deutsche Presse-Agentur)", {"dpa"}),
        ("- PA", {"PA Media"}),
        ("By Ap Rhys in Anita", set()),
        ("the ap, a pa, an ani", set()),
        ("By Tilda Osk, Coast News", set()),
        ("MAPTIS (APX) -", set()),
        ("", set()),
    ],
)
def test_agencies_of_a_credit(credit: str, expected: set[str]) -> None:
    assert agencies_in(credit) == expected


@pytest.mark.parametrize(
    ("outlet", "expected"),
    [
        ("Reuters", "Reuters"),
        ("  thomson  reuters ", "Reuters"),
        ("Reuters India", "Reuters"),
        ("The Associated Press", "AP"),
        ("ap", "AP"),
        ("afp", "AFP"),
        ("Xinhua News Agency", "Xinhua"),
        ("Coast News", None),
        ("AP and AFP", None),
        ("Pa", "PA Media"),
        ("Apollo", None),
        ("", None),
        (None, None),
    ],
)
def test_an_outlet_that_is_an_agency(outlet: str | None, expected: str | None) -> None:
    assert agency_of(outlet) == expected
