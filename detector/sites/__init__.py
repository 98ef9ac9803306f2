"""Sites: which of them flag far oftener than untouched copy, by which recurring swaps, and which have habits in common.

`read_sites` reads what `unspin score` wrote, and `view_sites` says of each site what is known, and how sure it is.
"""

from __future__ import annotations

from detector.sites.cases import Judged, Recurring, View, view_sites
from detector.sites.groups import Group, Link
from detector.sites.read import Place, Site, Sites, Swap, Tally, read_sites

__all__ = [
    "Group",
    "Judged",
    "Link",
    "Place",
    "Recurring",
    "Site",
    "Sites",
    "Swap",
    "Tally",
    "View",
    "read_sites",
    "view_sites",
]
