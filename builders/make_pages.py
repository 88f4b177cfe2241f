"""Run the commands that pages show, and write what they print under them: README.md and docs/*.md.

    python builders/make_pages.py [PAGE ...]

`tests/docs` runs them again and compares.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parents[1]
sys.path.insert(0, str(HERE / "tests" / "docs"))

from pages import renewed  # noqa: E402

PAGES = ("README.md", "docs/cli.md", "docs/python.md", "docs/files.md", "docs/alone.md", "docs/start.md")


def main(pages: tuple[str, ...]) -> None:
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            for name in ("missions", "examples"):
                (Path(folder) / name).symlink_to(HERE / name)
            file = HERE / page
            before = file.read_text(encoding="utf-8")
            after = renewed(before, Path(folder))
        file.write_text(after, encoding="utf-8")
        print(f"{page}: {'written anew' if after != before else 'as it was'}")


if __name__ == "__main__":
    main(tuple(sys.argv[1:]) or PAGES)
