"""Lab: a binary network learns in front of you."""

import time
from contextlib import suppress
from dataclasses import replace

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from bnnlab.app import components, session
from bnnlab.app.session import IN_ADDRESS
from bnnlab.app.views.gemm.journey import NETWORK
from bnnlab.app.views.lab import controls
from bnnlab.nn.optimizers import WITHOUT_LATENT_WEIGHTS
from bnnlab.train import LiveRun, RunConfig
from bnnlab.train.live.frame import LiveFrame, LiveStatus
from bnnlab.widgets import lab

PICTURE_EVERY_S = 0.1
COMPLETE_EVERY_S = 2.0
ENDED = ("finished", "failed")
SPEEDS = {"1 step/s": 1.0, "10 steps/s": 10.0, "fast": None}


def page(step_through: StreamlitPage | None = None) -> None:
    """Draw the page.

    Args:
        step_through: The page that steps through a chosen image, linked once one is chosen.
    """
    introduction, problem = st.empty(), st.empty()  # places of their own: what comes below stays where it is
    state = st.session_state
    state.setdefault("playing", st.query_params.get("play") != "false")
    try:
        config = controls.run_config()
        run = session.live_run(config)
        _apply(run, config)
    except (ValueError, TypeError) as error:  # the run goes on with what it had
        run = session.live_run()
        kept = run.status.config
        problem.error(
            f"{str(error)[:1].upper()}{str(error)[1:]}. Below, the Lab goes on with what it had: {kept.model} on "
            f"{kept.dataset}.",
            icon=":material/error:",
        )
    introduction.markdown(_introduction(run.status.config))
    _transport(run, step_through)
    _settle(run)
    state["complete_at"] = 0.0
    every = PICTURE_EVERY_S if state["playing"] else None
    st.fragment(_picture, run_every=every)(run)


def _introduction(config: RunConfig) -> str:
    training = (
        "Training keeps nothing but the signs: where enough gradients agree, it **flips** one."
        if config.optimizer in WITHOUT_LATENT_WEIGHTS
        else "Behind each sign stands a latent weight, a real number that training moves; where it crosses zero, the "
        "sign **flips**."
    )
    return f"Below, a network learns. Its hidden layers know only two weights, **+1 and −1**. {training}"


def _apply(run: LiveRun, config: RunConfig) -> None:
    """Bring the run to the settings of the controls: on the fly where that is possible."""
    _settle(run)
    before = run.status.config
    if config == before:
        return
    rate, clip = config.learning_rate, config.clip_value
    if replace(before, learning_rate=rate, clip_value=clip) == config:
        run.update(learning_rate=rate, clip_value=clip)
    else:
        run.reset(config)
        _settle(run)  # the buttons below ask whether it has ended
        st.session_state.pop("chosen_image", None)  # it may not exist in the new data


def _transport(run: LiveRun, step_through: StreamlitPage | None) -> None:
    """The buttons. Their callbacks come before the page is drawn, so that it shows what they did."""
    playing = st.session_state["playing"]
    row = st.container(horizontal=True, vertical_alignment="center")
    row.button(
        "Reset",
        icon=":material/replay:",
        shortcut="0",
        help="Start again from the same seed.",
        on_click=run.reset,
    )
    row.button(
        "Pause" if playing else "Play",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        shortcut="P",
        type="primary",
        on_click=_play,
        args=(run, not playing),
        width=130,
        key="play_pause",
    )
    row.button(
        "Step",
        icon=":material/skip_next:",
        shortcut="S",
        help="Pause, and do one training step.",
        on_click=_step,
        args=(run,),
        disabled=run.status.state in ENDED,
    )
    speed = row.segmented_control(
        "Speed",
        list(SPEEDS),
        default="fast",
        required=True,
        label_visibility="collapsed",
        key="speed",
        **IN_ADDRESS,
    )
    if step_through is not None and "chosen_image" in st.session_state:
        image = st.session_state["chosen_image"]
        row.page_link(step_through, label=f"Test image {image}, bit by bit", icon=":material/arrow_forward:")
    run.set_speed(SPEEDS[str(speed)])
    if playing:
        run.play()
    else:
        run.pause()


def _play(run: LiveRun, playing: bool) -> None:
    """What the button said when it was pressed: a click that arrives twice does it once."""
    st.session_state["playing"] = playing
    if playing and run.status.state in ENDED:
        run.reset()


def _step(run: LiveRun) -> None:
    st.session_state["playing"] = False
    run.step_once()


def _settle(run: LiveRun) -> None:
    """Wait until the run has done what the page asked for, so that the picture drawn next shows it."""
    with suppress(RuntimeError, TimeoutError):  # a run that failed says so itself
        run.wait_for(timeout=30)


def _picture(run: LiveRun) -> None:
    """One frame. Runs alone every `PICTURE_EVERY_S` while playing, and with the page otherwise."""
    frame, state = run.snapshot(fresh_within=PICTURE_EVERY_S / 2), st.session_state
    _tell(frame.status)
    ended = state["playing"] and frame.status.state in ENDED
    if ended:
        state["playing"] = False
    chosen = _draw(frame)
    if ended or chosen:  # the buttons above have to follow
        st.rerun()


def _draw(frame: LiveFrame) -> bool:
    """Send the picture its frame; returns whether the visitor has just chosen an image in it."""
    if frame.snapshot is None:
        return False
    state = st.session_state
    complete = not state["playing"] or time.monotonic() - state["complete_at"] > COMPLETE_EVERY_S
    if complete:
        state["complete_at"] = time.monotonic()
    data = lab.encode(frame.snapshot, frame.history, playing=bool(state["playing"]), complete=complete)
    seen = components.picture["lab"](key="lab", data=data, on_image_change=_choose_image)
    return seen.image is not None


def _tell(status: LiveStatus) -> None:
    """Say what is not as usual."""
    if status.error and status.step:
        st.error(f"Training stopped: {status.error}. Play starts over from step 0.", icon=":material/error:")
    elif status.error:
        st.error(f"{status.error[:1].upper()}{status.error[1:]}.", icon=":material/error:")
    elif status.state == "loading":
        st.info("Building the network …", icon=":material/hourglass_empty:")
    elif status.state == "waiting":
        st.info("Waiting for a free core: other sessions are training.", icon=":material/hourglass_empty:")
    elif status.state == "finished":
        st.info(
            f"Finished after {status.total_steps:,} steps. Play starts over from step 0.",
            icon=":material/flag:",
        )


def _choose_image() -> None:
    """Carry the chosen test image to the page that steps through its bits."""
    index = st.session_state["lab"]["image"]
    if index is not None:
        st.session_state["chosen_image"] = st.session_state["image"] = int(index)
        st.session_state["source"] = NETWORK
