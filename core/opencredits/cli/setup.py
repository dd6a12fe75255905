"""`opencredits setup`."""

from __future__ import annotations

import shlex

import click

from .. import __version__
from ..editors import EDITORS, Adapter, record
from ..errors import SetupRefused
from .app import App, pass_app

_SHOW_IT = {
    "neovim": "Add 'opencredits' to a section of lualine; ':help opencredits' has other status lines.",
    "vim": "It shows at the right of the status line, and in vim-airline. A 'statusline' of your own stays "
    "as it is; ':help opencredits' says what to add to it.",
}


@click.command()
@click.argument("editor", type=click.Choice(list(EDITORS)))
@click.option("--remove", is_flag=True, help="Take the adapter away again.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@pass_app
def setup(app: App, editor: str, *, remove: bool, dry_run: bool) -> None:
    """Put the adapter for EDITOR in place, and record where this program is.

    It is copied from this package into the editor's folder for plugins, where the editor finds it by
    itself. With the extra 'nvim' (pynvim) it is also loaded into the Neovims that are running, and tried
    in a new one.
    """
    adapter = EDITORS[editor]()
    adapter.check()
    if remove:
        _remove(app, adapter, dry_run=dry_run)
        return
    _install(app, adapter, dry_run=dry_run)
    if dry_run:
        return
    click.echo(_SHOW_IT[editor])
    click.echo(f"Undo it with: opencredits setup {editor} --remove")
    if editor == "neovim":
        _try_neovim(adapter)


def _install(app: App, adapter: Adapter, *, dry_run: bool) -> None:
    before = f" (over version {adapter.installed})" if adapter.installed else ""
    program = shlex.join(record.command())
    if dry_run:
        click.echo(f"Would put the {adapter.editor} adapter {__version__} into {adapter.place}{before}.")
        click.echo(f"Would record in {app.paths.setup} that the core is started by: {program}")
        return
    adapter.install()
    record.write(app.paths)
    click.echo(f"The {adapter.editor} adapter {__version__} is in {adapter.place}{before}.")
    click.echo(f"It starts the core by: {program} (recorded in {app.paths.setup})")


def _remove(app: App, adapter: Adapter, *, dry_run: bool) -> None:
    is_last = not any(find().installed for find in EDITORS.values() if find().place != adapter.place)
    if adapter.installed is None:
        click.echo(f"There is no {adapter.editor} adapter in {adapter.place}; nothing was done.")
        return
    if dry_run:
        click.echo(f"Would remove {adapter.place}{f' and {app.paths.setup}' if is_last else ''}.")
        return
    adapter.remove()
    click.echo(f"The {adapter.editor} adapter is removed from {adapter.place}.")
    if is_last:
        record.remove(app.paths)
        click.echo(f"So is {app.paths.setup}; keys, readings and options are kept.")


def _try_neovim(adapter: Adapter) -> None:
    from ..editors import live_neovim

    if not live_neovim.is_available():
        click.echo(
            "It was not tried. With the extra 'nvim' it is, and is loaded into the Neovims that are running: "
            "pipx install --force 'opencredits[nvim]'"
        )
        return
    for address, text in live_neovim.load_into_running(adapter.place):
        click.echo(f"The Neovim at {address} shows: {text}")
    try:
        click.echo(f"A new Neovim shows: {live_neovim.text_of_a_new_one()}")
    except SetupRefused as exc:
        click.echo(f"opencredits: {exc.sentence()}", err=True)
