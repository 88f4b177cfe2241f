"""The typefaces of printed papers, embedded so that a paper looks the same to every reader.

*Model and limits*: DejaVu Sans, which comes with Matplotlib, has Latin, Greek and Cyrillic. Signs that it lacks (Chinese, Japanese) are set
in the first of `EASTERN` that this machine has with TrueType outlines, embedded as well; where there is none, in STSong-Light, which a
reader brings along or shows nothing for: then install one, like Debian's `fonts-wqy-microhei`. Right-to-left scripts are not set.
"""

from __future__ import annotations

import functools
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

import matplotlib
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
EASTERN = ("notosanssc", "notosanscjk", "sourcehansans", "wqy-microhei", "wqy-zenhei", "msyh", "simhei", "simsun", "droidsansfallback",
           "ipaexg", "ipag")  # fmt: skip
"""How the names of files begin that hold Chinese or Japanese signs, the better ones first."""
UNEMBEDDED = "STSong-Light"
PROBE = "样"  # a sign that such a typeface has

for each in (REGULAR, BOLD):
    pdfmetrics.registerFont(TTFont(each, Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{each}.ttf"))


def marked(text: str) -> str:
    """A text as a paragraph takes it: markup in it inert, signs that the main typeface lacks in another one."""
    own = pdfmetrics.getFont(REGULAR).face.charToGlyph
    runs = ((has, escape("".join(run))) for has, run in groupby(text, lambda sign: ord(sign) in own or sign.isspace()))
    return "".join(run if has else f'<font name="{eastern()}">{run}</font>' for has, run in runs)


@functools.cache
def eastern() -> str:
    """The name of the typeface for signs that the main one lacks."""
    from matplotlib.font_manager import findSystemFonts

    files = [Path(file) for file in findSystemFonts()]
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
