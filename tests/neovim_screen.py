"""What Neovim draws on its screen, as a terminal gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Screen:
    """Cells of text and colour, put together from what Neovim draws."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[int, tuple[str, int]]] = {}
        self.colours: dict[int, Mapping[str, Any]] = {}

    def draw(self, batch: list[list[Any]]) -> None:
        """Take over what has changed."""
        for name, *calls in batch:
            for call in calls:
                if name == "hl_attr_define":
                    self.colours[call[0]] = call[1]
                elif name == "grid_clear":
                    self.rows.clear()
                elif name == "grid_line":
                    self._draw_line(*call[1:4])

    def _draw_line(self, row: int, column: int, cells: list[list[Any]]) -> None:
        highlight = 0
        for text, *rest in cells:
            highlight = rest[0] if rest else highlight
            for _ in range(rest[1] if len(rest) > 1 else 1):
                self.rows.setdefault(row, {})[column] = (text, highlight)
                column += 1

    def lines(self) -> list[str]:
        """The text, from above."""
        return ["".join(text for _, (text, _) in sorted(self.rows[row].items())) for row in sorted(self.rows)]

    def place_of(self, text: str) -> tuple[int, int]:
        """Row and column of its first character."""
        for row, line in zip(sorted(self.rows), self.lines(), strict=True):
            if text in line:
                return row, line.index(text)
        raise AssertionError(f"{text!r} is not on the screen:\n" + "\n".join(self.lines()))

    def colour_of(self, text: str) -> str | None:
        """The colour of its first character: "#b3f6c0"."""
        row, column = self.place_of(text)
        _, highlight = self.rows[row][column]
        colour = self.colours[highlight].get("foreground")
        return None if colour is None else f"#{colour:06x}"
