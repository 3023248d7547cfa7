// The tour's card: where one is, a few sentences, one thing to do, and whether it is done. It stands over the page and
// belongs to none; when nobody is on the tour it is one button.

import { adapt } from "../shared/adapter.js";
import { ANNOUNCED, askPictures } from "../shared/announce.js";
import { element, setHidden, setText } from "../shared/dom.js";
import { icon } from "../shared/icons.js";
import { addStyles } from "../shared/style.js";
import { followTheme } from "../shared/theme.js";
import { TERM_STYLE, termNotes } from "../shared/term.js";
import { tourCard } from "./card.js";
import { spotlight } from "./spotlight.js";
import { TASK_CHECKS } from "./tasks.js";
import { TOUR_STYLE } from "./tour_style.js";

const LOOK_EVERY_MS = 250;

export function mountTour(host, send) {
  let data = null;
  let done = false;
  let answer = null;
  let states = {}; // what each picture last announced
  let entered = {}; // and how it stood when this stop was reached
  const ticked = keptTicks(); // stops whose task was done

  host.className = "bnnlab-tour"; // whoever looks for a page's picture does not mean the card
  addStyles(host, TERM_STYLE, TOUR_STYLE);
  const theme = followTheme(host, () => {});
  const beginText = element("span");
  const begin = element("button", { type: "button", class: "tour-begin" }, icon("play", 13), beginText);
  begin.addEventListener("click", () => go(data.resumes_at));
  const light = spotlight((box) => parts.giveWay(box));
  const parts = tourCard({
    onBack: () => go(data.stop - 1),
    onNext: () => (data.stop === data.stops.length ? go(null) : go(data.stop + 1)),
    onLeave: () => go(null),
    onReturn: () => go(data.stop),
    onStop: go,
    onAnswer: check,
    onHall: toggleHall,
  });
  host.append(begin, light.node, parts.node);
  const notes = termNotes(parts.node);
  const timer = setInterval(look, LOOK_EVERY_MS);
  document.addEventListener(ANNOUNCED, onState);
  window.addEventListener("keydown", onKey);

  function update(next) {
    const moved = !data || data.stop !== next.stop;
    data = next;
    setText(beginText, data.resumes_at > 1 ? `Tour, ${data.resumes_at} of ${data.stops.length}` : "Tour");
    document.documentElement.dataset.tour = String(data.stop !== null); // pages leave room for the card
    setHidden(begin, data.stop !== null);
    if (moved) {
      done = data.stop !== null && ticked.has(data.stop); // it was, when one was here before
      answer = null;
      states = {}; // what was done at the stop before is none of this one's doing
      entered = {};
    }
    parts.show(data, moved);
    parts.tick(ticked);
    if (moved) askPictures();
    point();
    look();
  }

  function point() {
    const { stop, on_page: isHere, points_at: first, then_points_at: then } = data;
    light.point(stop !== null && isHere ? (done && then) || first : null);
  }

  function go(stop) {
    send("go!", { stop });
  }

  function onState({ detail }) {
    states[detail.picture] = detail;
    entered[detail.picture] ??= detail;
    look(); // what is passed through counts, too
  }

  // Space goes on, unless something on the page has the focus and its own use for it.
  function onKey(event) {
    if (!data?.stop || event.defaultPrevented || event.repeat) return;
    if (document.documentElement.dataset.hall === "true" && turnPage(event.key)) return event.preventDefault();
    if (event.key !== " ") return;
    const focused = event.composedPath()[0];
    if (focused !== document.body && focused !== document.documentElement && !focused.matches?.('[data-testid="stMain"], .tour-card')) return;
    event.preventDefault();
    if (done) parts.next();
    else parts.nudge();
  }

  // A presenter's clicker sends the keys that turn pages.
  function turnPage(key) {
    const stop = data.stop + ({ PageDown: 1, PageUp: -1 }[key] ?? 0);
    if (stop === data.stop || stop < 1 || stop > data.stops.length) return false;
    go(stop);
    return true;
  }

  function check(text) {
    answer = text.trim() === "" ? null : text.trim();
    look();
  }

  function look() {
    if (!data?.stop || !data.on_page) return;
    const { task, facts } = data;
    const { isDone, says } = checked(TASK_CHECKS[task.check]({ states, entered, facts, task, answer }));
    if (isDone && !done) {
      done = true;
      ticked.add(data.stop);
      keepTicks(ticked);
      parts.tick(ticked);
      point();
    }
    parts.tell({ done, says });
  }

  function toggleHall() {
    const on = document.documentElement.dataset.hall !== "true";
    document.documentElement.dataset.hall = String(on);
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
  }

  function destroy() {
    clearInterval(timer);
    document.removeEventListener(ANNOUNCED, onState);
    window.removeEventListener("keydown", onKey);
    light.stop();
    notes.stop();
    theme.stop();
    delete document.documentElement.dataset.tour;
    host.remove();
  }

  return { update, destroy };
}

// The ticks outlast a reload of the page, as far as the browser keeps anything.
const TICKS = "bnnlab-tour-ticks";

function keptTicks() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(TICKS) ?? "[]"));
  } catch {
    return new Set();
  }
}

function keepTicks(ticked) {
  try {
    sessionStorage.setItem(TICKS, JSON.stringify([...ticked]));
  } catch {} // a browser that keeps nothing
}

// What a check returned: whether the task is done, and what there is to say of it.
function checked(result) {
  return typeof result === "boolean" ? { isDone: result, says: "" } : { isDone: false, ...result };
}

export default adapt(mountTour);
