"""What the tour's card shows: a stop of the tour, or the button that begins it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bnnlab.widgets.tour.stops import STOPS


def encode(
    stop: int | None,
    *,
    on_page: bool = True,
    resumes_at: int = 1,
    facts: Mapping[str, Any] | None = None,
    notice: str | None = None,
    handout: str | None = None,
) -> dict[str, Any]:
    """The card as JSON for ``tour.js``.

    Args:
        stop: Number of the stop, from 1; None shows the button that begins the tour.
        on_page: Whether the page that is seen is the stop's own.
        resumes_at: Where the button leads.
        facts: Numbers and truths of this moment that the checks of tasks ask for, by name.
        notice: A sentence to be said with the stop, or None.
        handout: Address of the whole tour on paper, or None.

    Raises:
        ValueError: If there is no such stop.
    """
    if stop is not None and not 1 <= stop <= len(STOPS):
        raise ValueError(f"stop must be in 1..{len(STOPS)} or None, got {stop}")
    card: dict[str, Any] = {
        "stop": stop,
        "stops": [one.title for one in STOPS],
        "on_page": on_page,
        "resumes_at": resumes_at,
        "notice": notice,
        "handout": handout,
    }
    if stop is None:
        return card
    here = STOPS[stop - 1]
    task = here.task
    return card | {
        "title": here.title,
        "text": list(here.text),
        "points_at": here.points_at,
        "then_points_at": here.then_points_at,
        "facts": dict(facts or {}),
        "task": {
            "ask": task.ask,
            "check": task.check,
            "praise": task.praise,
            "hint": task.hint,
            "fact": task.fact,
            "slips": dict(task.slips),
        },
    }
