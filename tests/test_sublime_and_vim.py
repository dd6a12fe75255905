"""Sublime Text and Vim open at once, on one home: they show the same, and OpenRouter is asked once."""

import json
import sys
from decimal import Decimal

import pytest

import editors
from sublime_session import FULL, open_home
from vim_session import ADAPTER, Vim

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="tmux and signals are POSIX's")


def test_both_show_the_same_and_ask_once(cli):
    """One poll is two requests, whoever makes it; and both show what one of them has asked for."""
    with open_home(cli) as home:
        vimrc = f"set runtimepath^={ADAPTER}\nlet g:opencredits_command = {json.dumps(home.script)}"
        vim = home.stack.enter_context(Vim(editors.vim("9.0"), home.path, vimrc, env=home.env))
        sublime = home.open()
        assert (vim.wait_text(FULL), sublime.wait_text(FULL)) == (FULL, FULL)
        assert (home.sim.count("/key"), home.sim.count("/credits"), home.sim.count()) == (1, 1, 2)
        home.sim.account.spend(Decimal(2))
        sublime.run("refresh")
        assert vim.wait_text("OpenRouter: $23.00") == sublime.wait_text("OpenRouter: $23.00")
        assert home.sim.count() == 4
        assert len(vim.cores()) == len(sublime.cores()) == 1
