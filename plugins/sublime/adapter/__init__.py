"""Shows in Sublime Text what the core of OpenCredits says. docs/bridge.md is the contract between the two."""

VERSION = "0.1.0"  # of this adapter; it goes with the core of the same version
