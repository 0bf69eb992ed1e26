"""The postings of a thread on a page no engine knows: the first is what somebody posted, the others are not theirs."""

from __future__ import annotations

import re
from typing import Any

Element = Any

#: What marks the postings of a thread in their order, and the time each has.
_FLOORS = {"楼主": 1, "沙发": 2, "板凳": 3, "地板": 4}
_FLOOR = re.compile(r"(?:第\s*)?([1-9]\d{0,4})\s*[楼#]|#([1-9]\d{0,4})")
_CLOCK = re.compile(r"\d{1,2}:\d{2}")


def later_floors(root: Element) -> list[Element]:
    """What others wrote below a thread's first posting: parts alike side by side, each with its time and with its floor
    (2楼, 沙发) in a place of its own; none where no first floor is told."""
    found: list[Element] = []
    for first in list(root.iter()):
        name, before = first.get("class"), first.getprevious()
        if not name or (before is not None and before.get("class") == name):
            continue
        alike = [one for one in (first, *first.itersiblings()) if one.tag == first.tag and one.get("class") == name]
        later = [one for one in alike[1:] if _floor(one) > 1 and _CLOCK.search("".join(one.itertext()))]
        if later and _floor(first) == 1:
            found += later
    return found


def _floor(part: Element) -> int:
    """1 for the first posting of a thread; 0 when it is no floor of one."""
    for element in part.iter():
        said = (element.text or "").strip() if isinstance(element.tag, str) and not len(element) else ""
        if said in _FLOORS:
            return _FLOORS[said]
        match = _FLOOR.fullmatch(said)
        if match:
            return int(match[1] or match[2])
    return 0
