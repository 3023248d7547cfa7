"""What the measurements of the live lab run inside its page."""

HOST = """const host = (() => {
  for (const node of document.querySelectorAll('*')) {
    const found = node.shadowRoot?.querySelector('.bnnlab') ?? (node.matches('.bnnlab') ? node : null);
    if (found) return found;
  }
})();"""

# An update is a new data-step. The animation frame after the drawing one has its pixels on the screen. The page is only
# listened to: a loop of animation frames would itself be work, and see each drawing one frame late.
WATCH = f"""seconds => new Promise(resolve => {{
  {HOST}
  const drawn = [], pixels = [], first = Number(host.dataset.step);
  const now = () => performance.timeOrigin + performance.now();
  let seen = host.dataset.step;
  const watch = new MutationObserver(() => {{
    if (host.dataset.step === seen) return;
    seen = host.dataset.step;
    const created = Number(host.dataset.created);
    drawn.push(now() - created);
    requestAnimationFrame(() => pixels.push(now() - created));
  }});
  watch.observe(host, {{ attributes: true, attributeFilter: ['data-drawn'] }});
  setTimeout(() => {{
    watch.disconnect();
    resolve({{ drawn, pixels, steps: Number(host.dataset.step) - first }});
  }}, 1000 * seconds);
}})"""

# How smooth the page would be for something that moves in every animation frame, and its longest task.
SMOOTHNESS = """seconds => new Promise(resolve => {
  const end = performance.now() + 1000 * seconds;
  let frames = 0, longest = 0;
  const tasks = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) longest = Math.max(longest, entry.duration);
  });
  tasks.observe({ type: 'longtask' });
  requestAnimationFrame(function look() {
    frames += 1;
    if (performance.now() < end) return requestAnimationFrame(look);
    tasks.disconnect();
    resolve({ frames, longest });
  });
})"""

# From a press to the frame around the instruction; pages change without a load, so one clock tells both.
CLICK = """() => {
  window.pressed = null;
  addEventListener('click', () => { window.pressed = performance.now(); }, { capture: true, once: true });
  window.arrived = new Promise(resolve => requestAnimationFrame(function look() {
    for (const node of document.querySelectorAll('*')) {
      const marked = node.shadowRoot?.querySelector('.machine-lines li.marked') ?? null;
      if (marked && marked.getBoundingClientRect().height) {
        return requestAnimationFrame(() => resolve(performance.now() - window.pressed));
      }
    }
    requestAnimationFrame(look);
  }));
}"""

FIRST_PICTURE = f"""() => {{
  {HOST}
  if (!host?.dataset.drawn) return null;
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const drawn = Number(host.dataset.drawn) - performance.timeOrigin;
  return {{ drawn, paint: paint?.startTime ?? 0 }};
}}"""

# Presses at random places of the past, each after the one before was answered and drawn.
SEEK = f"""async seeks => {{
  {HOST}
  const line = host.querySelector('.time-line canvas'), place = line.getBoundingClientRect(), times = [];
  const press = (type, share) => line.dispatchEvent(new PointerEvent(type, {{
    bubbles: true, pointerId: 1, clientX: place.left + place.width * share, clientY: place.top + 5,
  }}));
  for (let at = 0; at < seeks; at += 1) {{
    const began = performance.now(), before = host.dataset.step;
    const drawn = new Promise(resolve => {{
      const watch = new MutationObserver(() => {{
        if (host.dataset.step === before) return;
        watch.disconnect();
        requestAnimationFrame(resolve);
      }});
      watch.observe(host, {{ attributes: true, attributeFilter: ['data-drawn'] }});
    }});
    press('pointerdown', 0.05 + 0.7 * Math.random());
    press('pointerup', 0);
    await drawn;
    times.push(performance.now() - began);
    await new Promise(resolve => setTimeout(resolve, 200));
  }}
  return times.slice(1); // the first one leaves the newest step, which changes by itself
}}"""

SHIFTS = """window.shifted = 0;
new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shifted += entry.value; })
  .observe({ type: 'layout-shift', buffered: true });"""
