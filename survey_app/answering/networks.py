"""The largest network's share of a site's answers of a day: an alarm that by itself leaves nothing out.

Networks are counted for a day where the limits are, by all workers together if these are, as keyed hashes. What is written
down are two numbers of the site and day, none of them beside an answer.
"""

from __future__ import annotations

from datetime import date

from survey_app.ground import limits

OF_DAY = limits.Bucket("answers of a network on a day", "site", "1 per day")
LARGEST = limits.Bucket("answers of the largest network on a day", "site", "1 per day")


def larger(site_id: int, day: date, address: str) -> bool:
    """Count an answer from `address`; whether the site's largest network of the day has become larger by it.

    It has where this network is the first that reaches its number.
    """
    number = limits.number(OF_DAY, f"{site_id} {day} {limits.network(address)}")
    site = f"{site_id} {day}"
    if number <= limits.reached(LARGEST, site):
        return False
    if limits.number(LARGEST, site) <= number:
        return True
    limits.number(LARGEST, site, -1)  # another came to the same number at this very moment
    return False
