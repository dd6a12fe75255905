"""The VS Code extension of this checkout, by the names that its owner may change."""

import json

from installation import ROOT

FOLDER = ROOT / "plugins" / "vscode"
VSIX = FOLDER / "opencredits.vsix"
MANIFEST = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
ID = f"{MANIFEST['publisher']}.{MANIFEST['name']}"
