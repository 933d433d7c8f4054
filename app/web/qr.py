"""QR codes (二维码) as inline SVG, drawn here so that a ticket needs no other server."""

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """The code of this text as an `<svg class="qr">` element without any style, which the strict
    CSP lets pass; the page's CSS gives it its size. Correction level M: a slip may be creased.

    `Markup`, so that templates print it as it is: it is drawn from modules, never from input.
    """
    code = segno.make_qr(text, error="m")
    drawn: str = code.svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"
    )
    return Markup(drawn)
