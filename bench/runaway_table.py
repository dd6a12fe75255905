"""The tables of `evaluate-runaway`: how late, how often for nothing, how many polls, and what was wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from .runaway_cases import MULTIPLES
from .runaway_judge import Delay, Outcome

LARGE = tuple(each for each in MULTIPLES if each >= 10)
_ROW = "{:34}{:>8}{:>8}{:>15}{:>7}{:>17}{:>7}"


@dataclass(frozen=True)
class Results:
    """What one detector did, on all accounts."""

    name: str
    outcomes: Sequence[Outcome]

    def delays(self, at_work: bool | None, *multiples: int, kind: str | None = None) -> Delays:  # noqa: FBT001
        """Of these cases; None: at work and from idle."""
        return Delays(
            [
                delay
                for outcome in self.outcomes
                for delay in outcome.delays
                if delay.multiple in multiples
                and at_work in {None, delay.at_work}
                and kind in {None, outcome.kind}
            ]
        )

    def per_week(self, counted: str, kind: str | None = None) -> float:
        """How often something of an outcome was seen in a week, of one kind of account or of all."""
        chosen = [each for each in self.outcomes if kind in {None, each.kind}]
        return float(sum(getattr(each, counted) for each in chosen)) / sum(each.weeks for each in chosen)

    def total(self, counted: str) -> int:
        """How often it was seen."""
        return sum(getattr(each, counted) for each in self.outcomes)


@dataclass(frozen=True)
class Delays:
    """How late some cases were found. Those that were missed count as found infinitely late."""

    each: Sequence[Delay]

    def found(self) -> float:
        """The share that was found at all."""
        return sum(delay.polls < inf for delay in self.each) / len(self.each) if self.each else 0.0

    def polls(self, share: float) -> float:
        """After so many polls this share was found."""
        return _quantile([delay.polls for delay in self.each], share)

    def minutes(self, share: float) -> float:
        """After so many minutes this share was found."""
        return _quantile([delay.minutes for delay in self.each], share)

    def row(self, name: str) -> str:
        """As it is printed."""
        polls = [_shown(self.polls(share), 0) for share in (0.5, 0.9)]
        minutes = [_shown(self.minutes(share), 1) for share in (0.5, 0.9)]
        return _ROW.format(name, len(self.each), f"{self.found() * 100:.0f} %", *polls, *minutes)


def tables(*every: Results) -> Iterator[str]:
    """All of them, the product first, and what was wanted of it."""
    for each in every:
        yield from _delays(each)
    yield from _alarms(every)
    yield from _kinds(every[0])
    yield from _wanted(every[0])


def _delays(results: Results) -> Iterator[str]:
    yield f"\n{results.name}"
    yield _ROW.format(
        "runaway, of its habit", "number", "found", "polls: median", "90 %", "minutes: median", "90 %"
    )
    for at_work, name in ((True, "polls at 60 s"), (False, "from idle")):
        for multiples in (*((each,) for each in MULTIPLES), LARGE):
            more = " and more" if len(multiples) > 1 else ""
            yield results.delays(at_work, *multiples).row(f"{name}, {multiples[0]} times{more}")


def _alarms(every: Sequence[Results]) -> Iterator[str]:
    line = "{:34}{:>20}{:>14}{:>20}"
    yield "\n" + line.format("detector", "false alarms a week", "polls a week", "corpus' loops found")
    for each in every:
        own = f"{each.total('loops_found')} of {each.total('loops')}"
        alarms, polls = each.per_week("false_alarms"), each.per_week("polls")
        yield line.format(each.name, f"{alarms:.2f}", f"{polls:.0f}", own)
    yield f"not counted, as they are under the floor: {every[0].total('below_floor')} runaways"


def _kinds(product: Results) -> Iterator[str]:
    """The product by kinds of account; 90 % is of runaways of 10 times and more."""
    line = "{:15}{:>20}{:>12}{:>14}{:>24}{:>14}"
    yield "\n" + line.format("", "", "10 times", "", "polls a week outside", "at 5 minutes")
    yield line.format(
        "kind", "false alarms a week", "90 %, polls", "polls a week", "hours with spend", "exactly"
    )
    for kind in dict.fromkeys(outcome.kind for outcome in product.outcomes):
        yield line.format(
            kind,
            f"{product.per_week('false_alarms', kind):.2f}",
            _shown(product.delays(None, *LARGE, kind=kind).polls(0.9), 0),
            f"{product.per_week('polls', kind):.0f}",
            f"{product.per_week('polls_outside', kind):.1f}",
            f"{product.per_week('fixed_outside', kind):.1f}",
        )


def _wanted(product: Results) -> Iterator[str]:
    yield "\nwanted, for 10 times and more"
    for at_work, name, minutes in ((True, "polls at 60 s", 4), (False, "from idle", 8)):
        large = product.delays(at_work, *LARGE)
        yield _verdict(f"{name}: 90 % within so many polls", large.polls(0.9), 2)
        yield _verdict(f"{name}: 90 % within so many minutes", large.minutes(0.9), minutes)
    yield _verdict("false alarms a week", product.per_week("false_alarms"), 0.2)
    most = product.per_week("fixed_outside")
    yield _verdict("polls a week outside hours with spend", product.per_week("polls_outside"), most)


def _verdict(name: str, value: float, most: float) -> str:
    return f"{name:44}{value:9.2f}   <= {most:8.2f}   {'met' if value <= most else 'MISSED'}"


def _shown(value: float, places: int) -> str:
    return "never" if value == inf else f"{value:.{places}f}"


def _quantile(values: Sequence[float], share: float) -> float:
    """The least value that this share does not exceed; infinite without any."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else inf
