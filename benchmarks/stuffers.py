"""Scripted stuffers against posters and against invitations: what is found, what a site's weight bounds, what remains.

Made surveys of eighty sites and some 2,500 honest answers (tests/support/stuffing.py); a naive program, a patient one and one
over fifty addresses, who all say 'satisfied'. Found: share of the stuffed answers that a new plan leaves out, by process
alone. Bound: the shift where every attacked site's people were wholly spoken for. Left: the shift of the figure in points after what
was found is out. Lost: honest answers left out with them. Prints means over the surveys, for docs/method/statistics-more.md.

    python -m benchmarks.stuffers --surveys 40
"""

from __future__ import annotations

import argparse

import numpy as np

from tests.support.stuffing import Answers, estimated, honest_answers, naive, over_fifty_addresses, patient

STUFFERS = {"naive": naive, "patient": patient, "over 50 addresses": over_fifty_addresses}
AIMED = ("naive", "patient")
MOST_SHIFT, MOST_LOST = 1.0, 1.0  # points; percent


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--surveys", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    print(
        "| stuffer | sites | answers | found, % | bound by weight | shift unseen | shift left | honest lost, % | aim |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, stuffer in STUFFERS.items():
        for invited in (False, True):
            found = np.array(
                [
                    tried(stuffer, np.random.default_rng((chosen.seed, survey)), invited)
                    for survey in range(chosen.surveys)
                ]
            )
            sent, caught, bound, before, left, lost = found.mean(axis=0)
            aim = "–" if name not in AIMED else "met" if abs(left) < MOST_SHIFT and lost < MOST_LOST else "missed"
            ways = "invited" if invited else "open"
            print(
                f"| {name} | {ways} | {sent:,.0f} | {caught:.1f} | {bound:+.2f} | {before:+.2f} | {left:+.2f} | {lost:.2f} | {aim} |",
                flush=True,
            )


def tried(stuffer, generator: np.random.Generator, invited: bool) -> tuple[float, ...]:  # type: ignore[no-untyped-def]
    """Of one survey: stuffed answers, share found in %, bound, shift with all of them in, shift left, honest lost in %."""
    honest = honest_answers(generator)
    stuffed: Answers = stuffer(generator)
    both = honest.plus(stuffed)
    truth = estimated(honest, np.ones(len(honest.site), dtype=bool))
    outside = ~both.honest if invited else np.zeros(len(both.site), dtype=bool)  # a poster is no invitation
    out = (both.flagged() & ~outside) | outside
    attacked = np.isin(both.site, np.unique(stuffed.site))
    wholly = Answers(both.site, both.opened, both.seconds, both.satisfied | attacked, both.honest)
    bound = estimated(wholly, ~outside & (both.honest | ~both.honest)) - truth if not invited else 0.0
    unseen = estimated(both, ~outside) - truth
    left = estimated(both, ~out) - truth
    lost = 100 * (out & both.honest).sum() / both.honest.sum()
    return (len(stuffed.site), 100 * out[~both.honest].mean(), 100 * bound, 100 * unseen, 100 * left, lost)


if __name__ == "__main__":
    main()
