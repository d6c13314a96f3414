// What figures are made of: data and texts, elements, settings, the sentence, the program, the address.

// { data, texts } of a figure, as the page carries them.
export const given = figure => JSON.parse(figure.dataset.given)

// A text with its places filled in.
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place)

// A number as Python's `:.4f` prints it.
export const number = (value, places = 4) => value.toFixed(places)

// The numbers from 0 on, so many.
export const range = count => Array.from({ length: count }, (_, i) => i)

// An element with attributes and children.
export const make = (name, attributes = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

const SVG = "http://www.w3.org/2000/svg"
export const svg = (name, attributes = {}) => {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

// A button of a figure: no tab stop of its own, until it is the figure's.
export const button = (text, action, attributes = {}) => {
  const made = make("button", { type: "button", tabindex: "-1", ...attributes }, text)
  made.addEventListener("click", action)
  return made
}

// Text and attributes are written only where they change: the rest of the page then costs nothing. A text that is
// there already is given other letters; a new one in its place would be a change of the page's tree.
export const setText = (element, text) => {
  const own = element.firstChild
  if (own === null || own.nodeType !== Node.TEXT_NODE || own.nextSibling) {
    if (element.textContent !== text) element.textContent = text
  } else if (own.data !== text) own.data = text
}
export const setAttribute = (element, name, value) => {
  if (value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}
// Even a `hidden` that is there already, written again, costs the style of its element.
export const setHidden = (element, hidden) => {
  if (element.hidden !== hidden) element.hidden = hidden
}

// A row of buttons, and a text of a class of its own.
export const buttons = (...all) => make("div", { class: "insync-buttons" }, ...all)
export const text = (name, words = "") => make("p", { class: `insync-${name}` }, words)

// A list of cells that can be chosen, and one element for each: as many as have ever been needed, each with its `parts`.
export const list = (name, label, part) =>
  make("div", { role: "listbox", "aria-label": label, class: `insync-${name}`, "data-part": part })
export const drawList = (block, count, parts, draw) => {
  while (block.children.length < count)
    block.append(make("div", { role: "option", tabindex: "-1" }, ...parts.map(name => make(name))))
  for (const [n, element] of [...block.children].entries()) {
    setHidden(element, n >= count)
    if (!element.hidden) draw(element, n)
  }
}
export const shownIn = block => [...block.children].filter(isShown)
export const isShown = element => !element.hidden

// ---- Settings: each is one element for the keyboard, a spin button; its two halves are for pointers.

// Settings by key from { key: [least, most] } and their names; `act(key, to)` is told of a change that is asked for.
// `start` has the values that Backspace brings back, `value(key)` the present ones.
export const settings = (ranges, names, start, value, act) => {
  const made = Object.entries(ranges).map(([key, [least, most]]) => {
    const amount = make("b")
    const half = by => make("span", { "data-by": by, "aria-hidden": "true" }, by < 0 ? "−" : "+")
    const control = make(
      "div",
      {
        class: "insync-control", role: "spinbutton", tabindex: "-1", "aria-label": names[key],
        "aria-valuemin": least, "aria-valuemax": most, "data-setting": key,
      },
      make("span", { "aria-hidden": "true" }, names[key]), half(-1), amount, half(1),
    )
    return { key, control, amount }
  })
  const ask = (key, to) => act(key, Math.min(ranges[key][1], Math.max(ranges[key][0], to)))
  const bar = make("div", { class: "insync-controls" }, ...made.map(each => each.control))
  bar.addEventListener("click", ({ target }) => {
    const by = target.dataset.by, key = target.parentElement.dataset.setting
    if (by) ask(key, value(key) + Number(by))
  })
  // True when the key was one that changes a setting.
  const press = ({ target, key: pressed }) => {
    const key = target.dataset.setting
    if (!key || !(pressed in AMOUNTS)) return false
    ask(key, AMOUNTS[pressed](value(key), ranges[key], start[key]))
    return true
  }
  // What stands there: the value as a text, and greyed where it has no effect.
  const show = (key, text, idle = false) => {
    const { control, amount } = made.find(each => each.key === key)
    setText(amount, text)
    setAttribute(control, "aria-valuenow", String(value(key)))
    setAttribute(control, "aria-valuetext", text)
    setAttribute(control, "aria-disabled", idle ? "true" : null)
  }
  return { bar, controls: made.map(each => each.control), press, show }
}

const more = value => value + 1, less = value => value - 1
const AMOUNTS = {
  ArrowUp: more, PageUp: more, "+": more, "=": more, ArrowDown: less, PageDown: less, "-": less, _: less, "−": less,
  Home: (_, [least]) => least, End: (_, [, most]) => most,
  Backspace: (_value, _range, start) => start, Delete: (_value, _range, start) => start,
}

// ---- The sentence that says what a figure shows.

// It has the room that the longest of those takes that may stand there next, `reserve`d as texts: what is below stays
// where it is while one chooses. The browser sets that text in the same place, unseen, so that nothing is measured.
export const statement = () => {
  const element = make("p", { class: "insync-sentence", role: "status" })
  const block = make("div", { class: "insync-room" }, element)
  return {
    block,
    element,
    say: (text, refused) => {
      setText(element, refused ? text : unbroken(text)) // torch's own words as they are
      setAttribute(element, "data-refused", refused ? "" : null)
    },
    reserve: texts => setAttribute(block, "data-longest", unbroken(texts.reduce(longer, ""))),
  }
}

// An index such as y[0, :, 2] stays on one line, and so does what stands in the innermost parentheses.
export const unbroken = text => text.replace(/\[[^\]]*\]|\([^()]{1,16}\)/g, whole => whole.replaceAll(" ", "\u00A0"))

// Calls when a value is another than at the last call.
export const onChange = act => {
  let last = null
  return (value, ...more) => {
    if (value === last) return
    last = value
    act(...more)
  }
}

// The longer of two texts, about: Chinese characters and their punctuation are as broad as two letters.
export const longer = (a, b) => (breadth(b) > breadth(a) ? b : a)
const breadth = text => [...text].reduce((sum, character) => sum + (character > "\u2E80" ? 2 : 1), 0)

// ---- The program, with a button that copies it, or selects it where copying is not allowed.

export const listing = texts => {
  const code = make("code")
  const copy = button(texts.copy, async () => {
    try {
      await navigator.clipboard.writeText(code.textContent)
      setText(copy, texts.copied)
      setTimeout(() => setText(copy, texts.copy), 2000)
    } catch {
      getSelection().selectAllChildren(code)
    }
  })
  return { code, copy, block: make("pre", { class: "insync-listing" }, code) }
}

// Programs begin alike; a layer is called with its options as [name, value, what torch takes without it].
export const script = (...lines) => ["import torch", "from torch import nn", ...lines].join("\n")
export const options = (first, ...all) =>
  [first, ...all.filter(([, value, usual]) => value !== usual).map(([name, value]) => `${name}=${value}`)].join(", ")

// ---- State in the address: ?NAME=word_word. The query and not the fragment, which the theme uses itself.

// Settings are words such as K*3: those that are not as at the start, and the one that a word sets, if it can be.
export const changed = (keys, state, start) => keys.filter(key => state[key] !== start[key]).map(key => `${key}*${state[key]}`)
export const setting = (word, ranges) => {
  const [key, amount] = word.split("*"), range = Object.hasOwn(ranges, key) && /^-?\d{1,2}$/.test(amount ?? "") && ranges[key]
  return range && amount >= range[0] && amount <= range[1] ? { [key]: Number(amount) } : null
}

// Brings the figure to life with what stands in its address: `takeUp` is told of each word.
export const begin = (figure, name, takeUp, update) => {
  for (const word of new URLSearchParams(location.search).get(name)?.split("_") ?? []) takeUp(word)
  figure.dataset.live = "yes"
  update()
  carry()
}

// Gives a function that writes words into the address when they are others than at its last call. The first call
// writes nothing: what a page opens with stands there already, or is what it starts with.
export const addressWriter = name => {
  let last = null, pending = 0
  return words => {
    const changed = last !== null && last.join() !== words.join()
    last = words
    if (!changed) return
    clearTimeout(pending)
    // Browsers allow no more than 100 changes in some seconds; a hand on a slider makes more.
    pending = setTimeout(() => write(name, words), 150)
  }
}

const write = (name, words) => {
  const address = new URL(location.href)
  if (words.length) address.searchParams.set(name, words.join("_"))
  else address.searchParams.delete(name)
  history.replaceState(history.state, "", address)
  carry()
}

// The switch to the other language leads to the same state.
const carry = () => {
  for (const link of document.querySelectorAll("[data-site=translations] a[hreflang], [data-site=languages] a[hreflang]"))
    link.search = location.search
}
