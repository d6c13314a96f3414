// Shape machine: set length, kernel, stride, padding, dilation and groups; see which output reads which input, what no
// output reads, and torch's own words where it refuses.
import { lengthOut, padding, reads, refusal, span, tail } from "./conv.js"
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, make, readAddress, roving, setAttribute, setText,
  settings, statement, unbroken,
} from "./kit.js"

const NAME = "shape-machine"
const MODES = ["zeros", "same", "causal"]
// What can be set: from, to. Values that torch refuses are among them.
const RANGES = { L: [1, 16], K: [1, 6], s: [0, 4], mode: [0, 2], p: [-1, 4], d: [0, 4], g: [0, 4] }

// The outputs that read position `i` of the input.
const usersOf = (p, length, i) => Array.from({ length }, (_, t) => t).filter(t => reads(p, t).includes(i))

export default function live(figure) {
  const { data, texts } = given(figure)
  const [inputs, outputs] = data.channels
  const first = data.rows[0]
  const start = { ...Object.fromEntries(Object.keys(RANGES).map(key => [key, first[key]])), mode: MODES.indexOf(first.mode) }
  const state = { ...start, chosen: "y-0", pinned: false }
  let hovered = null

  const names = { L: "L", K: "K", s: texts.stride, mode: texts.padding, p: "p", d: texts.dilation, g: texts.groups }
  const { bar, controls, press, show } = settings(RANGES, names, start, key => state[key], (key, to) => {
    state[key] = to
    hovered = null
    update()
  })
  const code = make("code"), listing = make("pre", { class: "insync-listing" }, code)
  const copy = copyButton(texts, code)
  const reset = button(texts.reset, () => {
    Object.assign(state, start, { chosen: "y-0", pinned: false })
    update()
  })
  const formula = make("p", { class: "insync-formula" })
  const list = (label, part) => {
    const cells = make("div", { role: "listbox", "aria-label": label, class: "insync-cells", "data-part": part })
    return { cells, block: make("div", {}, make("div", { class: "insync-label", "aria-hidden": "true" }, label), cells) }
  }
  const above = list(texts.inputs, "x"), below = list(texts.outputs, "y")
  const sentence = statement()
  const legend = make("p", { class: "insync-legend" }, texts.legend)
  const buttons = make("div", { class: "insync-buttons" }, copy, reset)
  const keys = make("p", { class: "insync-keys" }, texts.keys)
  figure.querySelector("[data-part=settings]").hidden = true
  figure.append(bar, formula, sentence.block, above.block, below.block, legend, listing, buttons, keys)

  const shownCells = block => [...block.cells.children].filter(cell => !cell.hidden)
  const stops = roving(
    figure,
    () => [controls, shownCells(above), shownCells(below), [copy, reset]].filter(line => line.length),
  )
  const cell = (block, index) => {
    while (block.cells.children.length <= index)
      block.cells.append(make("div", { role: "option", tabindex: "-1" }, make("span"), make("small")))
    return block.cells.children[index]
  }

  const parameters = () => ({
    length: state.L, kernel: state.K, stride: state.s, padding: state.p, dilation: state.d, groups: state.g,
    inputs, outputs, mode: MODES[state.mode],
  })
  const shown = () => (state.pinned ? state.chosen : hovered ?? state.chosen)

  // ---- What can be done.
  const choose = key => {
    state.chosen = key
    hovered = null
    update()
  }
  const keyOf = target => target.closest?.("[data-key]")?.dataset.key
  figure.addEventListener("click", event => {
    const key = keyOf(event.target)
    if (!key) return
    state.pinned = !(state.pinned && state.chosen === key)
    choose(key)
  })
  figure.addEventListener("pointerover", event => {
    const key = keyOf(event.target)
    if (event.pointerType === "touch" || state.pinned || !key || key === hovered) return
    hovered = key
    update()
  })
  figure.addEventListener("pointerleave", () => {
    if (hovered === null) return
    hovered = null
    update()
  })
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (press(event)) return event.preventDefault()
    const setting = event.target.dataset.setting, key = keyOf(event.target)
    if (setting && (event.key === "Enter" || event.key === " ")) {
      const cells = shownCells(below)
      if (cells.length) leaveTo(cells[0])
    } else if (ARROWS.has(event.key)) {
      const to = stops.step(event.target, event.key)
      if (!to) return
      leaveTo(to)
    } else if (key && (event.key === "Enter" || event.key === " ")) {
      state.pinned = !state.pinned
      choose(key)
    } else if (event.key === "Escape") {
      if (state.pinned) { state.pinned = false; update() }
      else if (!setting) stops.focus(controls[0])
      else return
    } else return
    event.preventDefault()
  })
  const leaveTo = element => {
    stops.focus(element) // before anything is drawn, as in the other figure
    if (element.dataset.key) choose(element.dataset.key)
  }

  // ---- Drawing.
  const update = () => {
    const p = parameters(), refused = refusal(p), [left, right] = padding(p)
    for (const key of Object.keys(RANGES)) {
      const idle = key === "p" && state.mode !== 0
      show(key, key === "mode" ? texts[MODES[state.mode]] : idle ? "–" : String(state[key]), idle)
    }
    const length = refused ? 0 : lengthOut(p), loose = refused ? 0 : tail(p)
    const padded = refused ? state.L : state.L + left + right, offset = refused ? 0 : left
    const [kind, number] = shown().split("-"), index = Math.min(Number(number), (kind === "y" ? length : padded) - 1)
    const read = kind === "y" && index >= 0 ? reads(p, index) : []
    const users = kind === "x" ? usersOf(p, length, index - offset) : []
    const lines = [
      [above, padded, i => i - offset],
      [below, length, t => t],
    ]
    for (const [block, count, place] of lines) {
      const name = block.cells.dataset.part
      for (let i = 0; i < Math.max(count, block.cells.children.length); i++) {
        const element = cell(block, i), at = place(i)
        element.hidden = i >= count
        if (element.hidden) continue
        const added = name === "x" && (at < 0 || at >= state.L)
        const unread = name === "x" && !refused && i >= padded - loose
        const tap = name === "x" ? read.indexOf(at) : users.includes(i) ? reads(p, i).indexOf(index - offset) : -1
        const chosen = kind === name && i === index
        setText(element.children[0], added ? "·" : String(at))
        setText(element.children[1], tap >= 0 ? `k=${tap}` : unread ? "×" : "")
        setAttribute(element, "data-key", `${name}-${i}`)
        setAttribute(element, "data-kind", added ? "added" : null)
        setAttribute(element, "data-unread", unread ? "" : null)
        setAttribute(element, "data-mark", chosen ? "chosen" : tap >= 0 ? "read" : null)
        setAttribute(element, "data-pinned", chosen && state.pinned ? "" : null)
        setAttribute(element, "aria-selected", String(chosen || tap >= 0))
        const label = name === "y" ? `y[${i}]` : added ? texts.added : `x[${at}]`
        setAttribute(element, "aria-label", `${label}${unread ? `, ${texts.unread}` : ""}${tap >= 0 ? `, k=${tap}` : ""}`)
      }
    }
    below.block.hidden = !!refused
    formula.hidden = !!refused
    const both = state.mode === 0 ? `2·${state.p}` : `${left} + ${right}`
    const taken = `⌊(${state.L} + ${both} − ${state.d}·(${state.K} − 1) − 1) / ${state.s}⌋ + 1`
    setText(formula, unbroken(`L_out = ${taken} = ${length}`))

    if (refused) sentence.say(fill(texts.say_refused, { words: fill(data.refusals[refused.reason], refused.values) }), true)
    else {
      const [before, after] = sayLayer(p, length, padded, loose)
      const say = (middle, ...pinned) => [...before, middle, after, ...pinned].join(texts.between)
      sentence.say(say(sayCell(p, length, kind, kind === "y" ? index : index - offset), ...(state.pinned ? [texts.say_pinned] : [])))
      reserve(p, length, padded, offset, say)
    }
    setText(code, program(p, length, left, refused))
    stops.refresh()
    remember()
  }

  // What is so for all cells: the parts of the sentence before what is said of one cell, and the one after it.
  const sayLayer = (p, length, padded, loose) => [
    [
      fill(texts.say_length, { length, span: span(p), padded }),
      ...(loose ? [fill(texts.say_tail, { count: loose })] : []),
    ],
    fill(texts.say_groups, { some: inputs / p.groups, all: inputs, parameters: outputs * (inputs / p.groups) * p.kernel + outputs }),
  ]
  const sayCell = (p, length, kind, at) => {
    const name = i => (i < 0 || i >= p.length ? texts.added : `x[${i}]`)
    if (kind === "y") return fill(texts.say_reads, { t: at, list: reads(p, at).map(name).join(", ") })
    const users = usersOf(p, length, at).map(t => `y[${t}]`)
    return users.length ? fill(texts.say_users, { name: name(at), list: users.join(", ") }) : fill(texts.say_nobody, { name: name(at) })
  }
  let reserved = ""
  const reserve = (p, length, padded, offset, say) => {
    if (reserved === (reserved = JSON.stringify(p))) return // a step from cell to cell need not ask again
    const every = [
      ...Array.from({ length }, (_, t) => sayCell(p, length, "y", t)),
      ...Array.from({ length: padded }, (_, i) => sayCell(p, length, "x", i - offset)),
    ]
    sentence.reserve(every.map(middle => say(middle, texts.say_pinned)))
  }

  const program = (p, length, left, refused) => {
    const options = [`${inputs}, ${outputs}, kernel_size=${p.kernel}`]
    if (p.stride !== 1) options.push(`stride=${p.stride}`)
    if (p.mode === "same") options.push("padding='same'")
    else if (p.mode === "zeros" && p.padding) options.push(`padding=${p.padding}`)
    if (p.dilation !== 1) options.push(`dilation=${p.dilation}`)
    if (p.groups !== 1) options.push(`groups=${p.groups}`)
    const causal = p.mode === "causal" && left
    const shape = refused ? "" : `  # (1, ${outputs}, ${length})`
    return [
      "import torch",
      "from torch import nn",
      ...(causal ? ["from torch.nn import functional as F"] : []),
      "",
      `x = torch.rand(1, ${inputs}, ${p.length})`,
      `layer = nn.Conv1d(${options.join(", ")})`,
      `y = layer(${causal ? `F.pad(x, (${left}, 0))` : "x"})${shape}`,
    ].join("\n")
  }

  // ---- The address.
  const writeAddress = addressWriter(NAME)
  const remember = () => {
    const words = Object.keys(RANGES).filter(key => state[key] !== start[key]).map(key => `${key}*${state[key]}`)
    if (state.chosen !== "y-0" || state.pinned) words.push(state.chosen)
    if (state.pinned) words.push("pinned")
    writeAddress(words)
  }
  for (const word of readAddress(NAME)) {
    const [key, amount] = word.split("*")
    const whole = /^-?\d{1,2}$/.test(amount ?? "") ? Number(amount) : null
    if (key in RANGES && whole !== null && whole >= RANGES[key][0] && whole <= RANGES[key][1]) state[key] = whole
    else if (word === "pinned") state.pinned = true
    else if (/^[xy]-\d{1,2}$/.test(word)) state.chosen = word
  }
  figure.dataset.live = "yes"
  update()
  carry()
}
