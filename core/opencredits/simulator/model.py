"""The models that the simulator knows, with prices for illustration only."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

SONNET = "anthropic/claude-sonnet-4.5"
MINI = "openai/gpt-5-mini"
CODER = "qwen/qwen3-coder"
FREE = "deepseek/deepseek-r1:free"


@dataclass(frozen=True)
class Model:
    """One model at one provider; prices are dollars for a single token."""

    id: str
    permaslug: str
    name: str
    provider: str
    tokenizer: str
    prompt: Decimal
    completion: Decimal
    retires_in: int | None = None  # days after the simulator's start

    @property
    def endpoint_id(self) -> str:
        """The provider's endpoint, the same for every simulator."""
        return str(uuid5(NAMESPACE_URL, self.permaslug))

    @property
    def is_free(self) -> bool:
        """Whether a request counts against the free quota and not against the credits."""
        return self.id.endswith(":free")

    def tokens(self, cost: Decimal) -> tuple[int, int]:
        """Prompt and completion tokens that such a cost would buy: 70 % of it goes into the prompt."""
        if not self.prompt or not self.completion or cost <= 0:
            return 1200, 300
        return int(cost * 7 / 10 / self.prompt), int(cost * 3 / 10 / self.completion)


MODELS = (
    Model(
        SONNET,
        "anthropic/claude-sonnet-4.5-20250929",
        "Anthropic: Claude Sonnet 4.5",
        "Anthropic",
        "Claude",
        Decimal("0.000003"),
        Decimal("0.000015"),
    ),
    Model(
        MINI,
        "openai/gpt-5-mini-2025-08-07",
        "OpenAI: GPT-5 Mini",
        "OpenAI",
        "GPT",
        Decimal("0.00000025"),
        Decimal("0.000002"),
    ),
    Model(
        CODER,
        "qwen/qwen3-coder-480b-a35b-07-25",
        "Qwen: Qwen3 Coder",
        "DeepInfra",
        "Qwen3",
        Decimal("0.00000022"),
        Decimal("0.00000095"),
        retires_in=14,
    ),
    Model(
        FREE,
        "deepseek/deepseek-r1",
        "DeepSeek: R1 (free)",
        "Chutes",
        "DeepSeek",
        Decimal(0),
        Decimal(0),
    ),
)


def find_model(id: str) -> Model:
    """The model of that name; an unknown one is made up, so that tests may spend on any."""
    known = {model.id: model for model in MODELS}
    price = Decimal("0.000001")
    return known.get(id) or Model(id, id, id, "Example", "Other", price, price * 4)
