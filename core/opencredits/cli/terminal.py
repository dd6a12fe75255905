"""What is printed in place of a sign that the encoding of a terminal or file lacks.

No command has to ask for that encoding: this is where the stream that is printed to asks back.
"""

from __future__ import annotations

import codecs
import sys

_ELSE = "?"
_RISING = dict(zip("▁▂▃▄▅▆▇█", "_.:-=+*#", strict=True))  # sparklines
_PARTS = dict(zip("▏▎▍▌▋▊▉", "...####", strict=True))  # where bars end
_IN_ASCII = {**_RISING, **_PARTS, "░": " "}


def never_fail_to_print() -> None:
    """Draw blocks in ASCII where there are none; a label may hold what can be shown by nothing else."""
    codecs.register_error("in_ascii", _in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="in_ascii")


def _in_ascii(fault: UnicodeError) -> tuple[str, int]:
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    lacking = fault.object[fault.start : fault.end]
    return "".join(_IN_ASCII.get(sign, _ELSE) for sign in lacking), fault.end
