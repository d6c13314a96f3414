// Shape machine: set length, kernel, stride, padding, dilation and groups; see which output reads which input, what no
// output reads, and torch's own words where it refuses.
import { lengthOut, padding, reads, refusal, span, tail } from "./conv.js"
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, make, readAddress, roving, setAttribute, setText,
  settings,
} from "./kit.js"

const NAME = "shape-machine"
const MODES = ["zeros", "same", "causal"]
// What can be set: from, to. Values that torch refuses are among them.
const RANGES = { L: [1, 16], K: [1, 6], s: [0, 4], mode: [0, 2], p: [-1, 4], d: [0, 4], g: [0, 4] }

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
  const sentence = make("p", { class: "insync-sentence", role: "status" })
  const legend = make("p", { class: "insync-keys" }, texts.legend)
  const buttons = make("div", { class: "insync-buttons" }, copy, reset)
  const keys = make("p", { class: "insync-keys" }, texts.keys)
  figure.querySelector("[data-part=settings]").hidden = true
  figure.append(bar, formula, sentence, above.block, below.block, legend, listing, buttons, keys)

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
    const users = kind === "x" ? Array.from({ length }, (_, t) => t).filter(t => reads(p, t).includes(index - offset)) : []
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
    setAttribute(sentence, "data-refused", refused ? "" : null)
    const both = state.mode === 0 ? `2·${state.p}` : `${left} + ${right}`
    const taken = `⌊(${state.L} + ${both} − ${state.d}·(${state.K} − 1) − 1) / ${state.s}⌋ + 1`
    setText(formula, `L_out = ${taken} = ${length}`)
    const words = refused ? fill(data.refusals[refused.reason], refused.values) : ""

    const parts = []
    if (refused) parts.push(fill(texts.say_refused, { words }))
    else {
      parts.push(fill(texts.say_length, { length, span: span(p), padded }))
      if (loose) parts.push(fill(texts.say_tail, { count: loose }))
      if (kind === "y") parts.push(fill(texts.say_reads, { t: index, list: read.map(i => (i < 0 || i >= state.L ? texts.added : `x[${i}]`)).join(", ") }))
      else if (index >= 0) {
        const own = index - offset
        const name = own < 0 || own >= state.L ? texts.added : `x[${own}]`
        parts.push(users.length ? fill(texts.say_users, { name, list: users.map(t => `y[${t}]`).join(", ") }) : fill(texts.say_nobody, { name }))
      }
      parts.push(fill(texts.say_groups, { some: inputs / state.g, all: inputs, parameters: outputs * (inputs / state.g) * state.K + outputs }))
    }
    setText(sentence, parts.join(texts.between))
    setText(code, program(p, length, left, refused))
    stops.refresh()
    remember()
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
