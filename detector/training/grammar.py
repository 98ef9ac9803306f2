"""Words of grammar and number: they have no candidates but those given here, and no thesaurus spinner swaps them."""

from __future__ import annotations

MIN_LETTERS = 3  # shorter words are grammar too

_GRAMMAR = """
the and for nor that this these those with without from into onto upon are was were been being has had have having
does did doing done can could may might must shall should will would not who whom whose which what when where why how
his her hers him she they them their theirs its our ours your yours you himself herself itself themselves one two
three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen zero ones twos
first second third fourth fifth sixth seventh eighth ninth tenth all any both each few more most other some such than
then there here too very just only own same out off over under again once down about above below between through
during before after until while because but yet also however say says said mr mrs per percent monday tuesday wednesday
thursday friday saturday sunday january february march april june july august september october november december
seconds thirds fourths tens hundreds thousands millions billions trillions dozens now ever never always
"""
GRAMMAR = frozenset(_GRAMMAR.split())

# What spinners do to words of grammar: an original, then what they put for it. Written by hand: guess.
_PAIRS = """
because since as; since because as; while whereas; although though; before prior; after following; about around
approximately roughly; but however yet; also additionally moreover likewise; more extra additional; many numerous
several; some certain; very extremely; only solely merely; now presently currently; often frequently regularly; over
above; under beneath below; between amid; during throughout; without sans; against towards; until till; within inside;
said stated mentioned remarked declared noted; says states mentions remarks; first initial; several various; just
simply merely; then afterward subsequently; if whether; across throughout; like akin; despite notwithstanding;
meanwhile meantime; especially particularly notably; nearly almost virtually; perhaps maybe possibly; however
nevertheless nonetheless; therefore thus hence; enough sufficient; other different; same identical
"""
GRAMMAR_PAIRS: tuple[tuple[str, str], ...] = tuple(  # the word as found, and what may have stood there
    (spun, words[0]) for words in map(str.split, _PAIRS.split(";")) for spun in words[1:]
)
