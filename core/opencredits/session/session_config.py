"""The options of one session: those of `config.toml` and, on top of them, the editor's own."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ..handed_keys import HandedKeys
from ..home import Home
from .overrides import Overrides


class SessionConfig:
    """Keeps a monitor at the options that hold now."""

    def __init__(self, home: Home, handed: HandedKeys, settings: Mapping[str, object]) -> None:
        """`settings` are the editor's; what cannot be used of them is named in `refused`."""
        self._home = home
        self._handed = handed
        self._overrides = Overrides()
        self._changing = threading.RLock()
        self.reloads = 0
        """How many times the file was read anew."""
        self._version = home.config_version()
        config = home.config()
        self.refused = self._overrides.update(settings, config.accounts)
        self.monitor = home.monitor(config, handed)
        self._apply()

    def override(self, settings: Mapping[str, object]) -> list[str]:
        """Take over the editor's own; a sentence for each that cannot be used."""
        faults = self._overrides.update(settings, self.monitor.shared_config.accounts)
        self._apply()
        return faults

    def save(self, name: str, value: str) -> None:
        """Set an option for all editors. Raises ConfigError."""
        self._home.save(name, value)
        self._overrides.update({name: None}, ())
        self.reload_if_changed()
        self._apply()  # the watch may have seen the new file first, with what is taken back here

    def reload_if_changed(self) -> None:
        """Read the file anew if it is another one than before."""
        with self._changing:
            version = self._home.config_version()
            if version == self._version:
                return
            self._version = version
            config = self._home.config()
            self.monitor.reconfigure(config, self._home.finder(config, self._handed))
            self._apply()
            self.reloads += 1

    def _apply(self) -> None:
        with self._changing:
            self.monitor.show(self._overrides.over(self.monitor.shared_config))
