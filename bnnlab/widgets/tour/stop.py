"""What a stop of the tour is made of: a text, a place to look at, a state of the lab, and one thing to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """One question that the reader answers by doing.

    Attributes:
        ask: What to do.
        check: Name of the check in ``tasks.js`` that tells from the running lab whether it is done.
        praise: Why that is right; said once it is done.
        hint: What helps who is not there yet.
        fact: For an answer in figures: the name of the number that it is compared with.
        slips: What to say of answers that are easily given, by the answer.
    """

    ask: str
    check: str
    praise: str
    hint: str
    fact: str | None = None
    slips: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop.

    Attributes:
        title: Its heading.
        page: Address of the page on which it is.
        text: Its sentences, a paragraph each.
        points_at: CSS selector of what to look at, in a picture or on the page.
        then_points_at: What to look at once the task is done, if that is another place.
        task: What the reader does here.
        widgets: Values of the page's controls, by key.
        commands: What is asked of the tour's own run, as `bnnlab.cockpit.commands` takes it.
        cell: The same in Python, for the notebook.
        on_paper: Name of its picture in the handout, or None.
    """

    title: str
    page: str
    text: tuple[str, ...]
    points_at: str
    task: Task
    cell: str
    widgets: Mapping[str, Any] = field(default_factory=dict)
    commands: tuple[Mapping[str, Any], ...] = ()
    on_paper: str | None = None
    then_points_at: str | None = None
