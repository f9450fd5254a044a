"""The largest network's share of a site's answers of a day: an alarm that by itself leaves nothing out.

Networks are counted for a day where the limits are, by all workers together if these are, as keyed hashes; a worker counts
there what it has gathered for some seconds. What is written down are two numbers of the site and day, none of them beside an answer.
"""

from __future__ import annotations

from datetime import date

from survey_app.ground import limits

OF_DAY = limits.Bucket("answers of a network on a day", "site", "1 per day")
LARGEST = limits.Bucket("answers of the largest network on a day", "site", "1 per day")


def named(site_id: int, day: date, address: str) -> str:
    """The network of `address` at a site on a day, by a name that nobody can read."""
    return limits.key(OF_DAY, f"{site_id} {day} {limits.network(address)}")


def grown(site_id: int, day: date, network: str, answers: int) -> int:
    """Count `answers` from a network that is `named` so; by how many the site's largest one of the day has become larger."""
    number = limits.number(OF_DAY, network, answers)
    return limits.risen(LARGEST, limits.key(LARGEST, f"{site_id} {day}"), number)
