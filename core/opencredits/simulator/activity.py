"""What ``/activity`` answers: the finished days."""

from collections import defaultdict
from datetime import date

from .call import Call
from .errors import USER, Refusal
from .ledger import Tally
from .model import find_model
from .reads import WORKSPACE, Answer
from .window import date_of, day_of

DAYS = 30
WRONG_DATE = "Date must be within the last 30 (completed) UTC days"


def activity(call: Call) -> Answer:
    """``GET /activity``: spend by day and model, newest day first; never today's."""
    group = call.query.get("group_by")
    if group not in (None, "workspace"):
        raise Refusal(400)
    if call.uuid("workspace_id") not in (None, WORKSPACE):
        raise Refusal(404)
    days, sums = asked_days(call), defaultdict[tuple[int, str], Tally](Tally)
    if call.query.get("user_id", USER) == USER:
        for day, model, tally in call.account.ledger.rows(call.query.get("api_key_hash"), days.start):
            if day in days:
                sums[day, model].add(tally)
    extra: Answer = {"workspace_id": WORKSPACE} if group else {}
    return {"data": [row(*place, sums[place]) | extra for place in sorted(sums, reverse=True)]}


def asked_days(call: Call) -> range:
    """The one day that is asked for, or all there are."""
    today = day_of(call.now)
    days = range(today - DAYS, today)
    if (text := call.query.get("date")) is None:
        return days
    try:
        day = (date.fromisoformat(text) - date_of(0)).days
    except ValueError:
        raise Refusal(400) from None
    if day not in days:
        raise Refusal(400, WRONG_DATE)
    return range(day, day + 1)


def row(day: int, model: str, tally: Tally) -> Answer:
    """One model on one day."""
    known = find_model(model)
    return {
        "date": date_of(day).isoformat(),
        "model": model,
        "model_permaslug": known.permaslug,
        "endpoint_id": known.endpoint_id,
        "provider_name": known.provider,
        "usage": tally.usage,
        "byok_usage_inference": tally.byok,
        "requests": tally.requests,
        "prompt_tokens": tally.prompt,
        "completion_tokens": tally.completion,
        "reasoning_tokens": tally.completion // 5,
    }
