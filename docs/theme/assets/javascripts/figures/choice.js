// How one chooses in a figure: what is chosen, pinned or under the pointer; keys; and one tab stop for all of it.

// A state with a cell that is `chosen` by its key, and one that the pointer is over in its place, unless the choice is
// held: `pinned`, say. `update` draws, after each change.
export const choosing = (start, update, isHeld = ({ pinned }) => pinned) => {
  const state = { ...start }
  let hovered = null
  const set = changes => {
    Object.assign(state, changes)
    update()
  }
  const hover = key => {
    if (key === hovered) return
    hovered = key
    update()
  }
  const choose = (chosen, changes) => {
    hovered = null
    set({ chosen, ...changes })
  }
  return {
    start, state, set, hover, choose,
    isHeld: () => isHeld(state),
    shown: () => (isHeld(state) ? state.chosen : hovered ?? state.chosen),
    // Pins it, or lets it go if it is what is pinned.
    tap: key => choose(key, { pinned: !(state.pinned && state.chosen === key) }),
  }
}

export const keyOf = ({ target }) => target.closest?.("[data-key]")?.dataset.key

// A pointer previews, a click or a touch chooses; `keyAt` says what an event is at.
export const watchPointer = (figure, { isHeld, hover, tap }, keyAt = keyOf, over = "pointerover") => {
  figure.addEventListener("click", event => {
    const key = keyAt(event)
    if (key) tap(key)
  })
  figure.addEventListener(over, event => {
    if (event.pointerType === "touch" || isHeld()) return
    const key = keyAt(event)
    if (key) hover(key)
  })
  figure.addEventListener("pointerleave", () => hover(null))
}

// `act` is told of each key, with whether it is one that accepts, and says whether it took it; else it is the browser's.
export const watchKeys = (figure, act) => figure.addEventListener("keydown", event => {
  const { key } = event
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (act(event, key === "Enter" || key === " ")) event.preventDefault()
})

export const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"])

// ---- One tab stop: of all that can have the focus in the figure, the element that had it last is the stop.

// `rows` gives, anew each time, the elements of the figure line by line, as the arrow keys go through them. Left and
// right go on in the next line only where `wraps` says so.
export const roving = (figure, rows, wraps = () => false) => {
  let current = null
  const all = () => rows().flat()
  const stop = element => {
    if (current === element) return
    current?.setAttribute("tabindex", "-1")
    current = element
    element.setAttribute("tabindex", "0")
  }
  const focus = element => {
    element.focus() // which also brings it into view
    stop(element)
  }
  // Whatever else is in the rows must have the tabindex -1 when it comes there.
  const refresh = () => {
    if (!current?.isConnected || current.hidden) stop(all()[0])
  }
  const step = (element, key) => {
    const lines = rows()
    const y = lines.findIndex(line => line.includes(element))
    if (y < 0) return null
    const line = lines[y], x = line.indexOf(element)
    if (key === "Home") return line[0]
    if (key === "End") return line.at(-1)
    if (key === "ArrowLeft" || key === "ArrowRight") {
      const by = key === "ArrowLeft" ? -1 : 1
      if (line[x + by]) return line[x + by]
      return wraps(element) && lines[y + by] && wraps(lines[y + by][0]) ? lines[y + by].at(by < 0 ? -1 : 0) : element
    }
    const next = lines[y + (key === "ArrowUp" ? -1 : 1)]
    if (!next) return element
    // The nearest one by eye: lines have cells of different widths.
    const at = middle(element)
    return next.reduce((best, each) => (Math.abs(middle(each) - at) < Math.abs(middle(best) - at) ? each : best))
  }
  figure.addEventListener("focusin", event => {
    if (event.target !== current && all().includes(event.target)) stop(event.target)
  })
  return { stop, focus, refresh, step }
}

const middle = element => {
  const box = element.getBoundingClientRect()
  return box.left + box.width / 2
}
