"""The command line: `opencredits COMMAND`."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from .. import __version__, status_file
from ..errors import ConfigError, CreditsError
from ..option import hide_keys
from .app import App
from .terminal import never_fail_to_print

INTERRUPTED = 130

# Each command with its module, in the order of the help page. They are loaded when they are used:
# nobody who asks for the status waits for the simulator.
COMMANDS = {
    "status": "status",
    "refresh": "status",
    "watch": "watch",
    "history": "history",
    "alerts": "alerts",
    "guard": "guard",
    "login": "account",
    "logout": "account",
    "accounts": "account",
    "config": "config",
    "doctor": "doctor",
    "setup": "setup",
    "demo": "demo",
    "simulate": "simulate",
    "bridge": "bridge",
}


class _Commands(click.Group):
    """The commands by name, each loaded from its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{COMMANDS[cmd_name]}", __name__), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="opencredits")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")
@click.pass_context
def opencredits(context: click.Context) -> None:
    """What is left of your OpenRouter credits, and how fast it goes.

    Start with 'opencredits demo' (no key needed), or with 'opencredits login' and 'opencredits status'.

    \b
    Exit status:
      0    a reading is shown (an old one counts, and is marked)
      1    an error, no key, or nothing stored yet
      2    wrong usage
      130  interrupted
    """
    context.obj = context.with_resource(App())


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status. Errors become one sentence on stderr."""
    debug = "--debug" in arguments[:1]  # read here, because reading the arguments may be what fails
    never_fail_to_print()
    try:
        return int(opencredits.main(list(arguments), "opencredits", standalone_mode=False) or 0)
    except click.ClickException as exc:
        told = io.StringIO()
        exc.show(told)
        click.echo(hide_keys(told.getvalue()), err=True, nl=False)  # it repeats what was typed
        return exc.exit_code
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:  # whoever read it has seen enough
        status_file.drop(sys.stdout)
        return 1
    except CreditsError as exc:
        _explain(exc.sentence(), debug)
        return 2 if isinstance(exc, ConfigError) else 1
    except OSError as exc:
        status_file.drop(sys.stdout)
        _explain(f"The system refused something: {exc.strerror or exc}.", debug)
        return 1
    except Exception as exc:  # noqa: BLE001  # the one place: a traceback never reaches the user unasked
        hint = "" if debug else " 'opencredits --debug ...' shows where; please report it."
        _explain(f"Something unexpected went wrong ({type(exc).__name__}).{hint}", debug)
        return 1


def _explain(sentence: str, debug: bool) -> None:
    if debug:
        click.echo(hide_keys(traceback.format_exc()), err=True, nl=False)
    click.echo(f"opencredits: {hide_keys(sentence)}", err=True)
