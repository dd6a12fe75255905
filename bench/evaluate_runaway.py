"""How well runaways are found: `hatch run evaluate-runaway [--weeks N]`; see docs/runaway.md."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from math import ceil

from corpus import KINDS

from .detectors import Detector, FixedRate, Product, ZScore
from .runaway_cases import COUNTED, LEAD_IN, Account
from .runaway_judge import Judge, Outcome
from .runaway_table import Results, tables

WEEKS = 216
FIRST_SEED = 100  # whatever was tuned was tuned on the seeds 0 to 5


def detectors() -> list[Detector]:
    """The product, and rivals at the lowest threshold that kept to 0.2 false alarms a week on those seeds."""
    return [Product(), FixedRate(40), ZScore(8)]


def evaluate(weeks: int, processes: int = 2) -> list[Results]:
    """Of each detector, over at least so many weeks that count."""
    seeds = range(ceil(weeks / COUNTED))
    accounts = [(KINDS[each % len(KINDS)], FIRST_SEED + each // len(KINDS)) for each in seeds]
    if processes == 1:
        outcomes = [judged(each) for each in accounts]
    else:
        with ProcessPoolExecutor(processes) as pool:
            outcomes = list(pool.map(judged, accounts))
    names = [each.name for each in detectors()]
    return [Results(*each) for each in zip(names, zip(*outcomes, strict=True), strict=True)]


def judged(seed: tuple[str, int]) -> list[Outcome]:
    """One account, by each detector."""
    account = Account(*seed)
    cases = list(account.cases())
    return [Judge(account, each).outcome_of(cases) for each in detectors()]


def report(results: list[Results]) -> Iterator[str]:
    """All that is printed."""
    outcomes = results[0].outcomes
    weeks = sum(each.weeks for each in outcomes)
    yield f"{weeks} simulated weeks of {len(outcomes)} accounts, each after {LEAD_IN} weeks to learn from"
    yield from tables(*results)


def main() -> None:
    """Evaluate, and print the tables."""
    parser = argparse.ArgumentParser(prog="evaluate-runaway", description="How well runaways are found.")
    parser.add_argument("--weeks", type=int, default=WEEKS, help=f"simulated weeks (default {WEEKS})")
    parser.add_argument("--processes", type=int, default=2, help="how many at once (default 2)")
    given = parser.parse_args()
    for line in report(evaluate(max(given.weeks, 1), given.processes)):
        print(line)


if __name__ == "__main__":
    main()
