"""The errors OpenRouter answers with."""

from dataclasses import dataclass

USER = "user_2simulated0000000000000000"
MANAGEMENT_ONLY = "Only management keys can perform this operation"

MESSAGES = {
    400: "Invalid request parameters",
    401: "Missing Authentication header",
    402: "Insufficient credits. Add more using https://openrouter.ai/credits",
    403: MANAGEMENT_ONLY,
    404: "Resource not found",
    408: "Request timed out. Please try again later.",
    429: "Rate limit exceeded",
    500: "Internal Server Error",
    502: "Provider returned error",
    503: "Provider returned error",
    524: "Request timed out. Please try again later.",
    529: "Provider returned error",
}


@dataclass
class Refusal(Exception):
    """A request that is answered with an error."""

    status: int
    message: str | None = None  # None: the usual one of that status

    @property
    def body(self) -> dict[str, object]:
        """The error as OpenRouter words it."""
        return error_body(self.status, self.message)


def error_body(status: int, message: str | None = None) -> dict[str, object]:
    """OpenRouter's JSON for a status. Who is not known is not named."""
    text = message or MESSAGES.get(status, "Request failed")
    body: dict[str, object] = {"error": {"code": status, "message": text, "metadata": None}}
    return body if status == 401 else body | {"user_id": USER}
