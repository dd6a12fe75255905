"""What OpenCredits costs: `hatch run bench [ROUNDS] [PART...]`. It shares the helpers of the tests."""

import sys
from pathlib import Path

HERE = Path(__file__).parent

sys.path.insert(0, str(HERE.parent / "tests"))
