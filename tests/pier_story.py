"""A made-up story, ways to reword it, and another report of the same matter."""

from __future__ import annotations

STORY = (
    "The harbour council of Velmar agreed on Monday to rebuild the eastern pier, which a storm broke in two last "
    "winter. Engineers will begin the work in April and expect to finish before the herring boats return in the "
    "autumn.\nThe council will borrow 14 million crowns from the regional bank and repay the money over twelve "
    "years. Fishing families had asked for a bigger pier, but the council decided that the town could not afford "
    "it. Mayor Tilda Osk said the old timber would be given to schools that teach carpentry.\nFerries to the "
    "outer islands will leave from the southern quay while the builders are at work. Passengers should allow "
    "another twenty minutes for the journey, according to the ferry company. The market on the waterfront stays "
    "open, and the council promised traders a lower rent until the work is done. Shopkeepers near the pier worry "
    "that visitors will stay away during the busiest months of the year."
)
REWORDED = STORY
for old, new in (
    ("agreed", "consented"),
    ("rebuild", "reconstruct"),
    ("broke", "smashed"),
    ("begin the work", "start the labour"),
    ("finish", "conclude"),
    ("14 million", "19 million"),
    ("money", "cash"),
    ("bigger", "larger"),
    ("decided", "determined"),
    ("could not afford it", "lacked the means"),
    ("given", "handed"),
    ("builders", "constructors"),
    ("Passengers", "Travellers"),
    ("allow another", "permit a further"),
    ("journey", "voyage"),
    ("promised", "pledged"),
    ("worry", "fear"),
    ("visitors", "guests"),
    ("busiest", "most hectic"),
    ("leave", "depart"),
    ("teach", "instruct"),
    ("lower rent", "reduced lease"),
):
    REWORDED = REWORDED.replace(old, new)
PARAPHRASED = (
    "On Monday, the harbour council of Velmar agreed to rebuild the eastern pier, which was broken in two by a "
    "storm last winter. Engineers will start the work in April and hope to finish before the herring boats come "
    "back in the autumn.\n"
    "The council plans to borrow 14 million crowns from the regional bank, and will pay the money back over "
    "twelve years. Fishing families wanted a larger pier, but the council found that this was more than the town "
    "could afford. Mayor Tilda Osk said schools that teach carpentry would get the old timber.\n"
    "While the builders are at work, ferries to the outer islands will leave from the southern quay. The ferry "
    "company said passengers should allow twenty minutes more for the journey. The waterfront market stays open, "
    "and traders were promised a lower rent by the council until the work is done. Shopkeepers close to the pier "
    "fear that visitors will stay away in the busiest months of the year."
)
ANOTHER_REPORT = (
    "Velmar is to have a new eastern pier. Fishermen were hoping for more when Mayor Tilda Osk spoke to them in "
    "the town hall, where about two hundred people had waited since noon. Some left early. The storm of last "
    "winter cost the town dearly, and no insurance paid for it.\nOpponents called the plan timid; one of them, a "
    "boat builder, wants a vote in June. What happens to the islanders' ferries is still open, he said, as "
    "nobody has asked them yet. The loan has its critics as well, who point to the swimming hall that was never "
    "finished although taxes rose twice to pay for it. A decision about the harbour lights was put off. The "
    "town's oldest skipper, who is ninety, told a radio station that he would rather row than queue at the quay "
    "behind tourists."
)
