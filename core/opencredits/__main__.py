"""The command `opencredits`, also as `python -m opencredits`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Answer what prompts and editors ask for at once, and hand everything else to the command line."""
    try:
        sys.exit(_run(sys.argv[1:]))
    except KeyboardInterrupt:  # while the command line was still being loaded
        sys.exit(INTERRUPTED)


def _run(arguments: list[str]) -> int:
    if sorted(arguments) == ["--cached", "--line", "status"]:
        from . import status_file

        stored = status_file.read_line()
        if stored is not None:
            return status_file.print_line(stored)
    if arguments in (["bridge"], ["bridge", "--demo"]):
        from . import bridge

        bridge.main(arguments[1:])
    from .cli import run

    return run(arguments)


if __name__ == "__main__":
    main()
