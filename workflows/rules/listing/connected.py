"""Which cases of a list hang together: through an account of article 10, or through a matter."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping


def connected(links: Mapping[int, Collection[Hashable]], seeds: Collection[int]) -> set[int]:
    """The cases that share a link with a seed, or with one that does, and so on; nobody else's amount can change.

    `links` names for each case its accounts and matters.
    """
    by_link: dict[Hashable, list[int]] = {}
    for case, names in links.items():
        for name in names:
            by_link.setdefault(name, []).append(case)
    reached: set[int] = set()
    waiting = [case for case in seeds if case in links]
    while waiting:
        case = waiting.pop()
        if case in reached:
            continue
        reached.add(case)
        for name in links[case]:
            waiting.extend(by_link.pop(name, ()))
    return reached
