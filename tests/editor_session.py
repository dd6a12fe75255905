"""What a person sees and does in an editor with the adapter: the same words for all of them.

What each of them promises stands once, in `test_adapters_*.py`. How it is seen and done in one editor is in
`neovim_session`, `vim_session`, `sublime_session` and `vscode_window`.
"""

from __future__ import annotations

import abc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from processes import children
from waiting import wait_for


class EditorSession(abc.ABC):
    """An editor that runs. `home` is the folder of the person who sits before it."""

    CLIENT: ClassVar[Mapping[str, Any]]  # as what it presents itself to the core, but for the version
    COLOURS: ClassVar[Mapping[str, Any]]  # what `colour()` gives for each level
    home: Path
    pid: int  # of what has the cores as its children

    # what is seen

    @abc.abstractmethod
    def text(self) -> str:
        """What is shown in the status bar, or line; "" for nothing."""

    @abc.abstractmethod
    def colour(self) -> Any:
        """In which colour that is shown, in the editor's own terms."""

    @abc.abstractmethod
    def said(self) -> list[str]:
        """The messages so far, oldest first."""

    @abc.abstractmethod
    def page_text(self) -> str:
        """What stands on the page that is open: the details, or what an action has brought."""

    def cores(self) -> list[int]:
        """The cores that run."""
        return children(self.pid)

    # what a person does

    @abc.abstractmethod
    def run(self, command: str) -> None:
        """One of our commands: "alert", "configure", "details", "log", "refresh" or "restart"."""

    @abc.abstractmethod
    def set_options(self, **options: Any) -> None:
        """Set these for this editor alone, and no others: `enabled`, `demo`, or a name of config.toml."""

    @abc.abstractmethod
    def choose(self, title: str) -> None:
        """What begins so in a menu, as soon as it is offered."""

    @abc.abstractmethod
    def answer(self, prompt: str, text: str) -> None:
        """Enter a text, as soon as it is asked for by this name."""

    @abc.abstractmethod
    def answer_secretly(self, text: str) -> None:
        """Enter what nobody may read, as soon as it is asked for."""

    @abc.abstractmethod
    def confirm(self, question: str, *, yes: bool) -> None:
        """Answer a question, as soon as it is asked."""

    @abc.abstractmethod
    def act(self, row: str, action: str) -> None:
        """Do something about the row of the page that begins so."""

    def answer_alert(self, action: str, *, of: str = "") -> None:
        """Do something about an alert; `of` is its title, where several wait."""
        self.run("alert")
        if of:
            self.choose(of)
        self.choose(action)

    def restart_as(self, said: str) -> None:
        """Start the core anew, as the message with this in it says."""
        assert "restart" in self.wait_said(said).lower()
        self.run("restart")

    @abc.abstractmethod
    def quit(self) -> None:
        """As a person does."""

    @abc.abstractmethod
    def kill(self) -> None:
        """As nobody should."""

    def ask_for_key(self) -> None:
        """Choose to enter a key."""
        self.run("configure")
        self.choose("OpenRouter: API key")
        self.choose("Enter")  # it is the first of those that begin so

    def enter_key(self, key: str) -> None:
        """The whole way."""
        self.ask_for_key()
        self.answer_secretly(key)

    # waiting

    def wait_text(self, expected: str) -> str:
        """Wait until what is shown begins with this, and give all of it."""
        return wait_for(
            lambda: (text := self.text()).startswith(expected) and text,
            lambda: f"{expected!r}; {self.scene()}",
        )

    def wait_colour(self, level: str) -> None:
        """Wait until what is shown has the colour of this level."""
        wait_for(
            lambda: self.colour() == self.COLOURS[level],
            lambda: f"the colour of {level!r}; there is {self.colour()!r}; {self.scene()}",
        )

    def wait_said(self, part: str) -> str:
        """The first message with this in it, as soon as there is one."""
        return wait_for(
            lambda: next((text for text in self.said() if part in text), None),
            lambda: f"{part!r}; {self.scene()}",
        )

    def wait_page(self, part: str) -> str:
        """Wait until the page has this in it, and give all of it."""
        return wait_for(
            lambda: part in (text := self.page_text()) and text,
            lambda: f"{part!r} on the page; there is {self.page_text()!r}; {self.scene()}",
        )

    def wait_opened(self, url: str) -> None:
        """Wait until this page is open in the person's browser, see EditorHome.put_browser."""
        opened = self.home / "opened"
        wait_for(
            lambda: opened.exists() and url in opened.read_text(encoding="utf-8").splitlines(),
            lambda: f"{url} in the browser; {self.scene()}",
        )

    def core(self) -> int:
        """The one core that runs, as soon as it does."""
        (pid,) = wait_for(self.cores, lambda: f"a core; {self.scene()}")
        return pid

    def wait_other_core(self, before: int) -> int:
        """The one core that runs, as soon as that is another one."""
        (pid,) = wait_for(
            lambda: len(pids := self.cores()) == 1 and before not in pids and pids,
            lambda: f"one core other than {before}; there are {self.cores()}; {self.scene()}",
        )
        return pid

    def scene(self) -> str:
        """What there is to see, for whoever asks why something never came."""
        return f"{self.text()!r} is shown, and said was {self.said()}"
