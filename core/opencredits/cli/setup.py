"""`opencredits setup`."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from ..editors import EDITORS, Adapter, Editor, VsCode, record
from ..editors.survey import Found, is_any_left, survey
from ..errors import SetupRefused
from .app import App, pass_app


@click.command()
@click.argument("name", metavar="[EDITOR]", required=False, type=click.Choice(list(EDITORS)))
@click.option("--remove", is_flag=True, help="Take the adapter away again.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option(
    "--vsix",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="For vscode: put this one in place.",
)
@pass_app
def setup(app: App, name: str | None, *, remove: bool, dry_run: bool, vsix: Path | None) -> int:
    """Put the adapter for EDITOR (neovim, vim, sublime, vscode) in place, and record where this program is.

    Without EDITOR: list the editors that are found, with what is installed, and offer each.

    It is copied from this package to where the editor finds it by itself. VS Code, VSCodium, Cursor, Windsurf
    and code-server install it as an extension, each that is found. With the extra 'nvim' (pynvim) it is also
    loaded into the Neovims that are running, and tried in a new one.
    """
    if vsix and (name != "vscode" or remove):
        raise click.UsageError("--vsix is for installing into vscode.")
    if name is None:
        if remove:
            raise click.UsageError("--remove takes an EDITOR.")
        return _offer(app, dry_run=dry_run)
    editor = VsCode(vsix) if vsix else EDITORS[name]()
    adapters = editor.adapters()
    if not adapters:
        raise SetupRefused(f"{editor.name} was not found. Looked for: {editor.looked_for}.")
    if remove:
        return _remove(app, adapters, dry_run=dry_run)
    return _install(app, name, editor, adapters, dry_run=dry_run)


def _offer(app: App, *, dry_run: bool) -> int:
    """The list, and a question for each that is wanted; without a terminal, the commands."""
    found = survey()
    for name, find in EDITORS.items():
        _list(find, [each for each in found if each.name == name])
    offered = [each for each in found if each.is_wanted]
    if dry_run or not (sys.stdin.isatty() and sys.stdout.isatty()):
        for name in dict.fromkeys(each.name for each in offered):
            click.echo(f"Put it in place with: opencredits setup {name}")
        return 0
    wanted = [each for each in offered if _agrees(each.adapter)]
    return max((_install(app, each.name, EDITORS[each.name](), [each.adapter]) for each in wanted), default=0)


def _agrees(adapter: Adapter) -> bool:
    question = f"Put the {_named(adapter, adapter.version)} into {adapter.place}?"
    return click.confirm(question, default=True)


def _list(editor: type[Editor], found: Sequence[Found]) -> None:
    if not any(each.adapter.program for each in found):
        click.echo(f"{editor.name}: not found. Looked for: {editor.looked_for}.")
    for each in found:
        if each.adapter.program or each.state:
            where = each.adapter.program or each.adapter.place
            click.echo(f"{each.adapter.editor} ({where}): {each.state or 'no adapter'}")


def _install(
    app: App, name: str, editor: Editor, adapters: Sequence[Adapter], *, dry_run: bool = False
) -> int:
    done, status = _each(adapters, _say_what_would_be_put if dry_run else _put)
    program = shlex.join(record.command())
    if done and dry_run:
        click.echo(f"Would record in {app.paths.setup} that the core is started by: {program}")
    elif done:
        record.write(app.paths)
        click.echo(f"It starts the core by: {program} (recorded in {app.paths.setup})")
        click.echo(editor.show_it)
        click.echo(f"Undo it with: opencredits setup {name} --remove")
        _try(editor)
    return status


def _remove(app: App, adapters: Sequence[Adapter], *, dry_run: bool) -> int:
    done, status = _each(adapters, _say_what_would_go if dry_run else _take_away)
    if done and not is_any_left(besides=done):
        if dry_run:
            click.echo(f"Would remove {app.paths.setup}.")
        else:
            record.remove(app.paths)
            click.echo(f"{app.paths.setup} is removed as well; keys, readings and options are kept.")
    return status


def _each(adapters: Sequence[Adapter], act: Callable[[Adapter], bool]) -> tuple[list[Adapter], int]:
    """Those where there was something to do, and the exit status. What fails for one hinders no other."""
    done, status = [], 0
    for adapter in adapters:
        try:
            if act(adapter):
                done.append(adapter)
        except SetupRefused as exc:
            _complain(exc)
            status = 1
    return done, status


def _say_what_would_be_put(adapter: Adapter) -> bool:
    what = _named(adapter, adapter.version)
    click.echo(f"Would put the {what} into {adapter.place}{_over(adapter)}, from {adapter.source}.")
    return True


def _put(adapter: Adapter) -> bool:
    over = _over(adapter)
    click.echo(f"The {_named(adapter, adapter.install())} is in {adapter.place}{over}.")
    return True


def _say_what_would_go(adapter: Adapter) -> bool:
    if not _is_there(adapter):
        return False
    click.echo(f"Would remove the {_named(adapter)} from {adapter.place}.")
    return True


def _take_away(adapter: Adapter) -> bool:
    if not _is_there(adapter):
        return False
    adapter.remove()
    click.echo(f"The {_named(adapter)} is removed from {adapter.place}.")
    return True


def _is_there(adapter: Adapter) -> bool:
    if adapter.installed() is None:
        click.echo(f"There is no {_named(adapter)} in {adapter.place}; nothing was done.")
        return False
    return True


def _named(adapter: Adapter, version: str | None = None) -> str:
    return f"{adapter.editor} adapter{f' {version}' if version else ''}"


def _over(adapter: Adapter) -> str:
    before = adapter.installed()
    return f" (over version {before})" if before else ""


def _try(editor: Editor) -> None:
    """It is in place, whatever comes of it."""
    try:
        for line in editor.tried():
            click.echo(line)
    except SetupRefused as exc:
        _complain(exc)


def _complain(exc: SetupRefused) -> None:
    click.echo(f"opencredits: {exc.sentence()}", err=True)
