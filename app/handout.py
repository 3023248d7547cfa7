"""The whole tour on paper: one page without scripts, printed by the browser."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bnnlab.app.handout_pictures import PICTURES, STYLE
from bnnlab.widgets.tour import STOPS, Stop

HANDOUT: Final = "api/bnn/handout"

_STYLE: Final = """
body { font: 11pt/1.45 system-ui, sans-serif; color: #1a1d23; background: #fff; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7em; } h2 { font-size: 1.15em; margin: 0 0 .3em; } p { margin: .35em 0; }
section { break-inside: avoid; padding: .9em 0; border-top: 1px solid #d9dce3; }
.turn { border-left: 3px solid #5b3fa8; padding-left: .8em; margin-top: .6em; }
.line { height: 1.6em; border-bottom: 1px dotted #5b6270; }
.answers { break-before: page; } code { white-space: pre-wrap; overflow-wrap: anywhere; }
@page { margin: 18mm 16mm; } @media print { body { margin: 0; padding: 0; max-width: none; } }
"""


async def handout(_: Request) -> Response:
    """Answer with the handout."""
    return HTMLResponse(
        page(), headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    )


@cache
def page() -> str:
    """The handout as HTML: each stop with room for an answer, and all answers on a sheet of their own."""
    stops = "".join(_stop(number, stop) for number, stop in enumerate(STOPS, 1))
    answers = "".join(f"<li>{escape(stop.task.praise)}</li>" for stop in STOPS)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Binary neural networks in {len(STOPS)} stops</title><style>{_STYLE}{STYLE}</style>"
        f"<h1>Binary neural networks in {len(STOPS)} stops</h1>"
        "<p>Each stop is a page of the lab: add <code>?stop=</code> and its number to the lab’s address.</p>"
        f'{stops}<section class="answers"><h2>Answers</h2><ol>{answers}</ol></section></html>'
    )


def _stop(number: int, stop: Stop) -> str:
    text = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in stop.text)
    picture = PICTURES[stop.on_paper]() if stop.on_paper else ""
    return (
        f"<section><h2>{number}. {escape(stop.title)}</h2>{text}{picture}"
        f'<div class="turn"><p><b>{escape(stop.task.ask)}</b></p><div class="line"></div></div></section>'
    )
