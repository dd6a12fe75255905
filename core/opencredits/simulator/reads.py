"""What ``/key``, ``/credits``, ``/generation``, ``/models`` and ``/workspaces`` answer."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from .call import Call
from .errors import USER, Refusal
from .ledger import Booking
from .model import MODELS, Model, find_model
from .scenario import OrdinaryCredits
from .spend import spend_fields
from .window import date_of, day_of, resets_at
from .wire import iso

Answer = dict[str, object]

WORKSPACE = str(uuid5(NAMESPACE_URL, "opencredits/workspace"))
READY_AFTER = 0.5  # seconds until a finished request can be asked about


def own_key(call: Call) -> Answer:
    """``GET /key``: the key that asks."""
    key = call.caller
    data = {"label": key.label} | spend_fields(call.account, key, call.now)
    data |= {
        "is_free_tier": call.account.is_free_tier,
        "is_management_key": key.management,
        "is_provisioning_key": key.management,
        "creator_user_id": USER,
        "expires_at": iso(key.expires_at),
        "rate_limit": {
            "requests": -1,
            "interval": "10s",
            "note": "This field is deprecated and safe to ignore.",
        },
    }
    return {"data": data | newer_fields(call) if call.scenario.newer else data}


def newer_fields(call: Call) -> Answer:
    """What ``/key`` has told since after the saved specification."""
    used, limit = call.account.free_requests(call.now)
    budgets = [own_budget(call)] if call.caller.limit is not None else []
    return {
        "free_model_daily_requests": {"used": used, "limit": limit, "remaining": max(limit - used, 0)},
        "budgets": budgets,
        "effective_budget": budgets[0] if budgets else None,
        "allowed_data_regions": ["global"],
        "organization_id": None,
        "workspace_id": WORKSPACE,
    }


def own_budget(call: Call) -> Answer:
    """The key's own limit, told as a budget."""
    key, account = call.caller, call.account
    return {
        "scope": "key_limit",
        "limit_usd": key.limit,
        "spend_usd": account.limit_spent(key, call.now),
        "remaining_usd": account.limit_remaining(key, call.now),
        "reset_interval": key.limit_reset,
        "resets_at": iso(resets_at(key.limit_reset, call.now)),
        "include_byok": key.include_byok_in_limit,
        "budget_id": None,
        "guardrail_id": None,
    }


def credits(call: Call) -> Answer:
    """``GET /credits``: the account's counters, or what the scenario tells an ordinary key."""
    if not call.caller.management:
        match call.scenario.ordinary_credits:
            case OrdinaryCredits.FORBIDDEN:
                raise Refusal(403)
            case OrdinaryCredits.ZEROS:
                return {"data": {"total_credits": 0, "total_usage": 0}}
    return {"data": {"total_credits": call.account.credits, "total_usage": call.account.total_usage}}


def generation(call: Call) -> Answer:
    """``GET /generation``: one finished request, once it can be asked about."""
    if not (id := call.query.get("id")):
        raise Refusal(400)
    booking = call.account.ledger.booking(id)
    if booking is None or call.now < booking.at + READY_AFTER:
        raise Refusal(404)
    return {"data": generation_fields(booking)}


def generation_fields(booking: Booking) -> Answer:
    """A request the way ``/generation`` tells it; what the simulator has no idea of is null."""
    model, (prompt, completion) = find_model(booking.model), booking.tokens
    unknown = dict.fromkeys(
        (
            *("app_id", "cache_discount", "external_user", "http_referer", "moderation_latency"),
            *("native_tokens_completion_images", "num_fetches", "num_input_audio_prompt"),
            *("num_media_completion", "num_media_prompt", "num_search_results", "preset_id"),
            *("provider_responses", "router", "service_tier", "session_id", "upstream_id", "user_agent"),
            "web_search_engine",
        )
    )
    return unknown | {
        "id": booking.id,
        "api_type": "completions",
        "model": booking.model,
        "provider_name": model.provider,
        "workspace_id": WORKSPACE,
        "origin": "",
        "data_region": "global",
        "total_cost": booking.cost,
        "usage": booking.cost,
        "upstream_inference_cost": booking.byok,
        "is_byok": booking.byok > 0,
        "tokens_prompt": prompt,
        "tokens_completion": completion,
        "native_tokens_prompt": prompt,
        "native_tokens_completion": completion,
        "native_tokens_reasoning": completion // 5,
        "native_tokens_cached": 0,
        "created_at": iso(booking.at),
        "latency": 640,
        "generation_time": 4210,
        "streamed": True,
        "cancelled": False,
        "finish_reason": "stop",
        "native_finish_reason": "stop",
    }


def models(call: Call) -> Answer:
    """``GET /models``: the whole list, or a page of it where paging is asked for."""
    offset, limit = call.number("offset", 0, 0, 10**9), call.number("limit", 500, 1, 1000)
    paged = "offset" in call.query or "limit" in call.query
    page = MODELS[offset : offset + limit] if paged else MODELS
    more = paged and offset + limit < len(MODELS)
    following = f"/api/v1/models?offset={offset + limit}&limit={limit}" if more else None
    start = day_of(call.account.started_at)
    data = [model_fields(model, start) for model in page]
    return {"data": data, "total_count": len(MODELS), "links": {"next": following}}


def model_fields(model: Model, start: int) -> Answer:
    """A model the way ``/models`` tells it; prices are strings."""
    retires = None if model.retires_in is None else (date_of(start) + timedelta(model.retires_in)).isoformat()
    modality = {"modality": "text->text", "input_modalities": ["text"], "output_modalities": ["text"]}
    return {
        "id": model.id,
        "canonical_slug": model.permaslug,
        "name": model.name,
        "created": 1_750_000_000,
        "description": f"{model.name}, simulated.",
        "context_length": 200_000,
        "architecture": modality | {"tokenizer": model.tokenizer, "instruct_type": None},
        "pricing": {"prompt": format(model.prompt, "f"), "completion": format(model.completion, "f")},
        "top_provider": {"context_length": 200_000, "max_completion_tokens": 64_000, "is_moderated": False},
        "per_request_limits": None,
        "supported_parameters": ["max_tokens", "temperature", "tools"],
        "default_parameters": None,
        "supported_voices": None,
        "knowledge_cutoff": None,
        "expiration_date": retires,
        "links": {"details": f"/api/v1/models/{model.permaslug}/endpoints"},
    }


def workspaces(call: Call) -> Answer:
    """``GET /workspaces``: the default one is all there is."""
    offset, limit = call.number("offset", 0, 0, 10**9), call.number("limit", 50, 1, 100)
    there = [workspace_fields(call.account.started_at)]
    return {"data": there[offset : offset + limit], "total_count": len(there)}


def workspace_fields(start: float) -> Answer:
    """The default workspace."""
    return {
        "id": WORKSPACE,
        "name": "Default",
        "slug": "default",
        "description": None,
        "default_guardrail_id": str(uuid5(NAMESPACE_URL, "opencredits/guardrail")),
        "default_text_model": None,
        "default_image_model": None,
        "default_provider_sort": None,
        "is_observability_io_logging_enabled": False,
        "is_observability_broadcast_enabled": False,
        "is_data_discount_logging_enabled": False,
        "io_logging_sampling_rate": 1,
        "io_logging_api_key_ids": None,
        "include_byok_in_budgets": False,
        "created_at": iso(start - 60 * 86_400),
        "updated_at": None,
        "created_by": USER,
    }
