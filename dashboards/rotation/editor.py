"""The strip on which leaves are moved: by pointer or by keyboard, one block a leave.

The browser moves a block and says where it was put; what that means is decided here in Python,
and the strip is drawn again from what counts. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import streamlit as st

from dashboards.palette import CLOSURE, HOLIDAY, INK, LINE, MUTED, OUTLOOK, PAPER, STATUS, WASH
from dashboards.rotation.strip import Strip
from scenarios.model import Scenario
from scenarios.part import Lang


def draw(strip: Strip, lang: Lang, key: str, moved: Any, opened: Any, pinned: Any) -> None:
    """Draw the strip; the callbacks read what was done from the session under ``key``."""
    _EDITOR(
        data=strip.data(lang),
        key=key,
        on_moved_change=moved,
        on_opened_change=opened,
        on_pinned_change=pinned,
    )


def event(key: str, name: str) -> Mapping[str, Any]:
    """Return what the browser said was done."""
    found = getattr(st.session_state.get(key), name, None)
    return found if isinstance(found, Mapping) else {}


def day_in(scenario: Scenario, number: object) -> date | None:
    """Return the day the browser named; None where a leave cannot begin on it."""
    last = scenario.days.n_days - scenario.rules.leave.length_days
    if not isinstance(number, int) or not 0 <= number <= last:
        return None
    return scenario.days.date_of(number)


_CSS: Final = f"""
:host, .editor {{ font-family: var(--st-font); color: {INK}; }}
.scroll {{ overflow-x: auto; border: 1px solid {LINE}; border-radius: 6px; background: {PAPER}; }}
.sheet {{ min-width: 1060px; display: grid; grid-template-columns: 11.5rem 1fr; font-size: 13px;
  position: relative; user-select: none; }}
.name {{ padding: 0 .6rem; display: flex; flex-direction: column; justify-content: center;
  position: sticky; left: 0; background: {PAPER}; z-index: 4; border-right: 1px solid {LINE};
  line-height: 1.25; }}
.counts {{ display: flex; gap: .45rem; font-size: 11px; color: {MUTED}; white-space: nowrap;
  font-variant-numeric: tabular-nums; }}
.counts .short {{ color: {OUTLOOK["out"].ink}; font-weight: 700; text-decoration: underline; }}
.bureau {{ grid-column: 1 / -1; background: {WASH}; font-weight: 600; padding: .2rem .6rem; }}
.bureau span {{ position: sticky; left: .6rem; }}
.track {{ position: relative; height: 46px; border-bottom: 1px solid {LINE}; overflow: hidden; }}
.heads {{ height: 30px; background: {WASH}; }}
.month {{ position: absolute; top: 0; bottom: 0; border-left: 1px solid {LINE};
  padding: 6px 0 0 5px; font-weight: 600; white-space: nowrap; overflow: hidden; }}
.line {{ position: absolute; top: 0; bottom: 0; border-left: 1px solid {LINE}; }}
.mark {{ position: absolute; top: 0; bottom: 0; pointer-events: none; }}
.holiday {{ background: radial-gradient({HOLIDAY.mark} 1px, transparent 1.2px) {HOLIDAY.fill};
  background-size: 6px 6px; }}
.closure {{ background: {CLOSURE.fill}; }}
.make_up {{ color: {INK}; font-size: 10px; top: auto; height: 12px; text-align: center; }}
.away {{ position: absolute; top: 8px; bottom: 8px; background: {STATUS["absent"].fill};
  opacity: .8; }}
.past {{ position: absolute; top: 0; bottom: 0; left: 0; background: rgba(90,100,112,.14);
  border-right: 2px solid {MUTED}; pointer-events: none; z-index: 3; }}
.ghost {{ position: absolute; top: 6px; bottom: 6px; border: 1px dashed {MUTED}; border-radius: 4px;
  pointer-events: none; }}
.block {{ position: absolute; top: 5px; bottom: 5px; background: {STATUS["leave"].fill};
  color: {STATUS["leave"].ink}; border: 1.5px solid {STATUS["leave"].ink}; border-radius: 4px;
  cursor: grab; touch-action: pan-y; z-index: 2; box-sizing: border-box; overflow: hidden;
  font-size: 12px; line-height: 15px; padding: 1px 0 0 2px; white-space: nowrap; }}
.block span {{ letter-spacing: -.2px; }}
.block.tight {{ font-size: 10px; }}
.block.drag {{ cursor: grabbing; z-index: 6; box-shadow: 0 2px 8px rgba(0,0,0,.3); }}
.block.moved {{ border-style: dashed; }}
.block.held {{ border-left-width: 6px; }}
.block.broken {{ border-color: {OUTLOOK["out"].ink}; border-width: 3px; padding-top: 0; }}
.block.locked {{ cursor: default; }}
.block:focus-visible {{ outline: 3px solid var(--st-primary-color); outline-offset: 1px;
  overflow: visible; z-index: 5; }}
.group {{ position: absolute; bottom: 0; height: 15px; background: {STATUS["escort"].fill};
  color: {STATUS["escort"].ink}; font-size: 11px; line-height: 15px; text-align: center;
  border-radius: 2px; }}
.sign {{ position: absolute; top: 0; z-index: 5; transform: translateX(-50%); font-size: 11px;
  line-height: 14px; padding: 0 3px; border-radius: 7px; background: {INK}; color: {PAPER};
  pointer-events: none; white-space: nowrap; }}
.stray {{ bottom: 6px; z-index: 2; outline: 1.5px dashed {OUTLOOK["out"].ink};
  outline-offset: 1px; pointer-events: none; }}
.group.held {{ box-shadow: inset 4px 0 0 #fff; }}
.tip {{ position: sticky; left: 0; padding: .3rem .6rem; font-size: 13px; min-height: 1.3rem;
  color: {INK}; }}
"""

_JS: Final = """
const fill = (text, values) => text.replace(/\\{(\\w+)\\}/g, (_, key) => values[key] ?? "")
const states = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".editor")
  let state = states.get(root)
  if (!state) {
    state = { pending: null, timer: 0 }
    states.set(root, state)
  }
  state.data = data
  state.send = setTriggerValue
  if (state.turn === data.turn && root.querySelector(".sheet")) return
  state.turn = data.turn
  clearTimeout(state.timer)
  state.pending = null
  draw(root, parentElement, state)
}

function add(parent, kind, left, width) {
  const box = document.createElement("div")
  box.className = kind
  if (left !== undefined) box.style.left = `${left}%`
  if (width !== undefined) box.style.width = `${width}%`
  parent.append(box)
  return box
}

function draw(root, parent, state) {
  const { data } = state
  const at = (day) => (100 * (day - data.from)) / (data.to - data.from)
  const wide = (days) => (100 * days) / (data.to - data.from)
  const focused = (parent.activeElement ?? document.activeElement)?.dataset?.key
  const scroll = root.querySelector(".scroll")
  const left = scroll.scrollLeft
  scroll.replaceChildren()
  scroll.setAttribute("aria-label", data.label)
  const sheet = add(scroll, "sheet")
  add(sheet, "name")
  const heads = add(sheet, "track heads")
  for (const month of data.months) {
    const head = add(heads, "month", at(month.first), wide(month.stop - month.first))
    head.textContent = month.title
  }
  for (const mark of data.marks) {
    if (mark.kind !== "make_up" || mark.first < data.from || mark.first >= data.to) continue
    const sign = add(heads, "mark make_up", at(mark.first) - 0.4, 1.2)
    sign.style.bottom = "0"
    sign.textContent = "▼"
  }
  for (const row of data.rows) {
    if (row.bureau !== undefined) {
      const bureau = document.createElement("span")
      bureau.textContent = row.bureau
      add(sheet, "bureau").append(bureau)
      continue
    }
    const name = add(sheet, "name")
    name.append(row.title)
    const counts = add(name, "counts")
    for (const [days, owed] of row.counts) {
      const count = document.createElement("span")
      count.className = days < owed ? "short" : ""
      count.textContent = `${days}/${owed}`
      counts.append(count)
    }
    const track = add(sheet, "track")
    for (const mark of data.marks)
      if (mark.kind !== "make_up")
        add(track, `mark ${mark.kind}`, at(mark.first), wide(mark.last - mark.first + 1))
    for (const month of data.months) add(track, "line", at(month.first))
    for (const [first, stop] of row.away) add(track, "away", at(first), wide(stop - first))
    if (data.frozen > data.from) add(track, "past", 0, Math.min(100, at(data.frozen)))
    for (const block of row.blocks) {
      const inside = (first) => first < data.to && first + data.length > data.from
      if (inside(block.before) && block.before !== block.start)
        add(track, "ghost", at(block.before), wide(data.length))
      if (inside(block.start)) place(track, block, state, root, at, wide)
    }
    for (const [day, letter] of row.held)
      if (day >= data.from && day < data.to) {
        const sign = add(track, "sign", at(day))
        sign.textContent = `◆${letter}`
      }
    for (const [first, days, n] of row.stray)
      if (first >= data.from && first < data.to)
        add(track, "group stray", at(first), wide(days)).textContent = n
  }
  // A narrow screen begins where something can still be moved.
  const share = Math.max(0, at(data.frozen)) / 100
  scroll.scrollLeft = state.drawn ? left : share * heads.clientWidth - 30
  state.drawn = true
  const blocks = [...root.querySelectorAll(".block")]
  const again = focused && blocks.find((block) => block.dataset.key === focused)
  if (again) again.focus({ preventScroll: true })
  if (data.said) say(root, data.said)
}

function say(root, words) {
  root.querySelector(".said").textContent = words
}

function span(data, start) {
  const last = Math.min(data.days - 1, start + data.length - 1)
  return fill(data.words.span, { first: data.dates[start], last: data.dates[last] })
}

function place(track, block, state, root, at, wide) {
  const { data } = state
  const box = add(track, "block", at(block.start), wide(data.length))
  const moved = block.start !== block.before
  box.dataset.key = `${block.person} ${block.period}`
  for (const kind of ["held", "broken", "locked"]) box.classList.toggle(kind, block[kind])
  box.classList.toggle("moved", moved)
  box.tabIndex = 0
  box.setAttribute("role", "slider")
  box.setAttribute("aria-valuemin", 0)
  box.setAttribute("aria-valuemax", data.days - data.length)
  if (block.locked) box.setAttribute("aria-disabled", "true")
  const notes = ["held", "broken"].filter((kind) => block[kind]).map((kind) => data.words[kind])
  if (moved) notes.push(fill(data.words.moved, { days: span(data, block.before) }))
  if (block.locked) notes.push(data.words.begun)
  const companies = block.groups.reduce((sum, group) => sum + group.n, 0)
  notes.push(
    block.groups.length
      ? fill(data.words.groups, { n: block.groups.length, companies })
      : data.words.no_groups
  )
  box.setAttribute("aria-label", fill(data.words.block, { who: block.who, period: block.period }))
  const words = document.createElement("span")
  box.append(words)
  for (const group of block.groups) {
    const bar = add(box, "group", (100 * group.at) / data.length, (100 * group.days) / data.length)
    bar.textContent = group.n
    bar.classList.toggle("held", group.held)
  }
  const show = (start) => {
    box.style.left = `${at(start)}%`
    const signs = (block.held ? "◆" : "") + (block.broken ? "!" : "")
    const room = box.getBoundingClientRect().width
    box.classList.toggle("tight", room < (signs ? 56 : 40))
    words.textContent = (room && room < 26 ? "" : short(data, start)) + signs
    box.setAttribute("aria-valuenow", start)
    box.setAttribute("aria-valuetext", [span(data, start), ...notes].join(" · "))
    box.title = [block.who, span(data, start), ...notes].join(" · ")
  }
  show(block.start)
  const clamp = (start) =>
    Math.max(Math.max(0, data.frozen), Math.min(data.days - data.length, start))
  const commit = (start) => {
    if (start === block.start) return show(start)
    state.send("moved", { person: block.person, period: block.period, start, turn: data.turn })
  }
  const lead = (start) => {
    show(start)
    const tip = root.querySelector(".tip")
    tip.textContent = fill(data.words.put, { who: block.who, days: span(data, start) })
  }
  byPointer(box, block, data, clamp, lead, commit, () =>
    state.send("opened", { person: block.person, period: block.period, turn: data.turn })
  )
  byKeyboard(box, block, state, root, clamp, lead, commit)
}

function short(data, start) {
  return data.dates[start].replace("月", "/").replace("日", "")
}

function byPointer(box, block, data, clamp, lead, commit, open) {
  let from = null
  box.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return
    from = { x: event.clientX, start: block.start, far: false }
    box.setPointerCapture(event.pointerId)
  })
  box.addEventListener("pointermove", (event) => {
    if (from === null || block.locked) return
    const day = box.parentElement.clientWidth / (data.to - data.from)
    const by = Math.round((event.clientX - from.x) / day)
    if (Math.abs(event.clientX - from.x) > 3) from.far = true
    if (!from.far) return
    box.classList.add("drag")
    from.start = clamp(block.start + by)
    lead(from.start)
  })
  const end = (event, keep) => {
    if (from === null) return
    const { start, far } = from
    from = null
    box.classList.remove("drag")
    if (!far) {
      if (keep) open()
    } else if (keep) commit(start)
    else lead(block.start)
  }
  box.addEventListener("pointerup", (event) => end(event, true))
  box.addEventListener("pointercancel", (event) => end(event, false))
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") end(event, false)
  })
}

function byKeyboard(box, block, state, root, clamp, lead, commit) {
  const where = () => (state.pending?.key === box.dataset.key ? state.pending.start : block.start)
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }
    const key = event.key
    if (key in steps && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault()
      if (block.locked) return say(root, state.data.words.begun)
      const start = clamp(where() + steps[key] * (event.shiftKey ? 7 : 1))
      state.pending = { key: box.dataset.key, start }
      lead(start)
      clearTimeout(state.timer)
      // Several strokes are one edit.
      state.timer = setTimeout(() => commit(start), 350)
    } else if (key === "Enter" || key === " ") {
      event.preventDefault()
      state.send("opened", { person: block.person, period: block.period, turn: state.data.turn })
    } else if (key === "p" || key === "P") {
      if (event.ctrlKey || event.metaKey) return
      event.preventDefault()
      state.send("pinned", { person: block.person, period: block.period, turn: state.data.turn })
    }
  })
}
"""

_EDITOR = st.components.v2.component(
    "bureau_roster_editor",
    html=(
        '<div class="editor"><div class="scroll" role="group"></div>'
        '<div class="tip" aria-hidden="true"></div>'
        '<div class="said" role="status" aria-live="polite" style="position:absolute;width:1px;'
        'height:1px;overflow:hidden;clip-path:inset(50%)"></div></div>'
    ),
    css=_CSS,
    js=_JS,
)
