"""`opencredits simulate`: a local OpenRouter to try things on."""

from __future__ import annotations

import threading

import click

from ..errors import CreditsError
from ..simulator import SCENARIOS, Simulator

_SCENARIOS = "\n".join(f"  {scenario.name:<15} {scenario.help}" for scenario in SCENARIOS.values())
_TRY = """
Try it in another terminal, in a folder of its own so that nothing of yours is touched:
  export OPENCREDITS_HOME="$(mktemp -d)"
  opencredits config set accounts.default.base_url {address}
  OPENROUTER_API_KEY={key} opencredits status
"""


@click.command(epilog=f"\b\nScenarios:\n{_SCENARIOS}")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port on loopback; 0 takes a free one."
)
@click.option(
    "--scenario",
    metavar="S",
    type=click.Choice(list(SCENARIOS)),
    default="steady",
    show_default=True,
    help="Which account to play; see below.",
)
def simulate(port: int, scenario: str) -> None:
    """Serve a local OpenRouter until Ctrl-C.

    Prints its address, the keys that it accepts, and how to look at it. Nothing leaves this machine.
    """
    try:
        simulator = Simulator(scenario, port=port)
        simulator.start()
    except OSError as exc:
        raise CreditsError(
            f"Port {port} cannot be used ({exc.strerror}).", action="Take another one."
        ) from exc
    try:
        click.echo(f"{scenario}: {SCENARIOS[scenario].help}")
        click.echo(f"address         {simulator.base_url}")
        for secret in simulator.keys:
            click.echo(f"key             {secret}")
        click.echo(f"management key  {simulator.management_key}")
        click.echo(_TRY.format(address=simulator.base_url, key=simulator.key))
        threading.Event().wait()
    finally:
        simulator.close()
