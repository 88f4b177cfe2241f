"""`python -m farside`: the command line."""

from __future__ import annotations

from farside.cli.main import main

if __name__ == "__main__":
    main()
