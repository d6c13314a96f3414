// What all figures have in common: data and texts, the address, one tab stop, numbers as text.

// { data, texts } of a figure, as the page carries them.
export const given = figure => JSON.parse(figure.dataset.given)

// A text with its places filled in.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place)

// A number as Python's `:.4f` prints it.
export const number = (value, places = 4) => value.toFixed(places)

// An element with attributes and children.
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

// Text and attributes are written only where they change: the rest of the page then costs nothing.
export const setText = (element, text) => {
  if (element.textContent !== text) element.textContent = text
}
export const setAttribute = (element, name, value) => {
  if (value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

// ---- State in the address: ?NAME=word_word. The query and not the fragment, which the theme uses itself.

export const readAddress = name => new URLSearchParams(location.search).get(name)?.split("_") ?? []

let pending = 0
export const writeAddress = (name, words) => {
  clearTimeout(pending)
  // Browsers allow no more than 100 changes in some seconds; a hand on a slider makes more.
  pending = setTimeout(() => write(name, words), 150)
}

const write = (name, words) => {
  const address = new URL(location.href)
  if (words.length) address.searchParams.set(name, words.join("_"))
  else address.searchParams.delete(name)
  history.replaceState(history.state, "", address)
  carry()
}

// The switch to the other language leads to the same state.
export const carry = () => {
  for (const link of document.querySelectorAll("[data-site=translations] a[hreflang], [data-site=languages] a[hreflang]"))
    link.search = location.search
}

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
  return { stop, focus, refresh, step, get current() { return current } }
}

const middle = element => {
  const box = element.getBoundingClientRect()
  return box.left + box.width / 2
}

export const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"])
