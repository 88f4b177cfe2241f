"""How `make docs` builds the site: the Markdown pages of docs/, design/ and the repository's front, by Sphinx with MyST."""

from farside import __version__

project, author, release = "farside", "The farside authors", __version__
copyright = "The farside authors, Apache-2.0"
extensions = ["myst_parser", "sphinx_copybutton"]
root_doc = "docs/index"
include_patterns = ["docs/**", "design/*.md", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md"]
myst_enable_extensions = ["colon_fence", "attrs_inline"]
myst_heading_anchors = 4
copybutton_prompt_text = "$ "
html_theme = "furo"
html_title = f"farside {release}"
html_static_path: list[str] = []
html_show_sphinx = False
nitpicky = True
