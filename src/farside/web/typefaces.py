"""The typefaces of printed papers, embedded so that a paper looks the same to every reader.

*Model and limits*: DejaVu Sans, which comes along with Matplotlib (its files are read, nothing of it runs), has Latin, Greek and Cyrillic.
Signs that it lacks (Chinese, Japanese) are set in the first of `EASTERN` that this machine has with TrueType outlines, embedded as well;
where there is none, in STSong-Light, which a reader brings along or shows nothing for: then install one, like Debian's
`fonts-wqy-microhei`. Right-to-left scripts are not set.
"""

from __future__ import annotations

import functools
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
EASTERN = ("notosanssc", "notosanscjk", "sourcehansans", "wqy-microhei", "wqy-zenhei", "msyh", "simhei", "simsun", "droidsansfallback",
           "ipaexg", "ipag")  # fmt: skip
"""How the names of files begin that hold Chinese or Japanese signs, the better ones first."""
UNEMBEDDED = "STSong-Light"
PROBE = "样"  # a sign that such a typeface has

_BESIDE = find_spec("matplotlib")
assert _BESIDE is not None and _BESIDE.origin is not None, "farside requires it"
for each in (REGULAR, BOLD):
    pdfmetrics.registerFont(TTFont(each, Path(_BESIDE.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{each}.ttf"))


def marked(text: str) -> str:
    """A text as a paragraph takes it: markup in it inert, signs that the main typeface lacks in another one."""
    own = pdfmetrics.getFont(REGULAR).face.charToGlyph
    runs = ((has, escape("".join(run))) for has, run in groupby(text, lambda sign: ord(sign) in own or sign.isspace()))
    return "".join(run if has else f'<font name="{eastern()}">{run}</font>' for has, run in runs)


@functools.cache
def eastern() -> str:
    """The name of the typeface for signs that the main one lacks."""
    files = {file for folder in rl_config.TTFSearchPath for file in Path(folder).rglob("*.tt[cf]")}
    for name in EASTERN:
        for file in sorted(file for file in files if file.name.lower().startswith(name)):
            try:
                face = TTFont(file.stem, file)
            except (TTFError, OSError):  # outlines of another kind, which the PDFs do not take
                continue
            if ord(PROBE) in face.face.charToGlyph:
                pdfmetrics.registerFont(face)
                return file.stem
    pdfmetrics.registerFont(UnicodeCIDFont(UNEMBEDDED))
    return UNEMBEDDED
