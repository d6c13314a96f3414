// Shape machine: set length, kernel, stride, padding, dilation and groups; see which output reads which input, what no
// output reads, and torch's own words where it refuses.
import { ARROWS, choosing, keyOf, roving, watchKeys, watchPointer } from "./choice.js"
import { lengthOut, padding, reads, refusal, span, tail } from "./conv.js"
import {
  addressWriter, begin, button, buttons, changed, drawList, fill, given, list, listing, make, onChange, options, range,
  script, setAttribute, setText, setting, settings, shownIn, statement, text, unbroken,
} from "./kit.js"

const NAME = "shape-machine"
const MODES = ["zeros", "same", "causal"]
const FIRST = { chosen: "y-0", pinned: false }
// What can be set: from, to. Values that torch refuses are among them.
const RANGES = { L: [1, 16], K: [1, 6], s: [0, 4], mode: [0, 2], p: [-1, 4], d: [0, 4], g: [0, 4] }
const KEYS = Object.keys(RANGES)

const startOf = ({ rows: [first] }) =>
  ({ ...Object.fromEntries(KEYS.map(key => [key, first[key]])), mode: MODES.indexOf(first.mode), ...FIRST })

// All that follows from the state: the layer, why torch refuses it, the lengths, and the cell that is shown.
const sceneOf = ({ state, shown }, [inputs, outputs]) => {
  const p = {
    length: state.L, kernel: state.K, stride: state.s, padding: state.p, dilation: state.d, groups: state.g,
    inputs, outputs, mode: MODES[state.mode],
  }
  const refused = refusal(p), [left, right] = padding(p)
  const length = refused ? 0 : lengthOut(p), padded = refused ? state.L : state.L + left + right
  const [kind, number] = shown().split("-")
  return {
    p, refused, left, right, length, padded, kind,
    loose: refused ? 0 : tail(p),
    offset: refused ? 0 : left,
    index: Math.min(Number(number), (kind === "y" ? length : padded) - 1),
    pinned: state.pinned,
  }
}

// ---- The settings, and the two lines of cells: the input with its padding, and the output.

const mountSettings = ({ state, start, choose }, texts) => {
  const names = { L: "L", K: "K", s: texts.stride, mode: texts.padding, p: "p", d: texts.dilation, g: texts.groups }
  return settings(RANGES, names, start, key => state[key], (key, to) => choose(state.chosen, { [key]: to }))
}

const drawSettings = ({ show }, state, texts) => {
  for (const key of KEYS) {
    const idle = key === "p" && state.mode !== 0
    show(key, key === "mode" ? texts[MODES[state.mode]] : idle ? "–" : String(state[key]), idle)
  }
}

const labelled = (label, cells) => make("div", {}, make("div", { class: "insync-label", "aria-hidden": "true" }, label), cells)

// What stands in a cell, its name for a screen reader, and the tap of the kernel that makes it one that is read.
const drawCell = (element, key, { shown, label, added, unread, tap, chosen, pinned }, texts) => {
  setText(element.children[0], shown)
  setText(element.children[1], tap >= 0 ? `k=${tap}` : unread ? "×" : "")
  setAttribute(element, "data-key", key)
  setAttribute(element, "data-kind", added ? "added" : null)
  setAttribute(element, "data-unread", unread ? "" : null)
  setAttribute(element, "data-mark", chosen ? "chosen" : tap >= 0 ? "read" : null)
  setAttribute(element, "data-pinned", chosen && pinned ? "" : null)
  setAttribute(element, "aria-selected", String(chosen || tap >= 0))
  setAttribute(element, "aria-label", `${label}${unread ? `, ${texts.unread}` : ""}${tap >= 0 ? `, k=${tap}` : ""}`)
}

const drawCells = (x, y, scene, texts) => {
  const { p, refused, length, padded, loose, offset, kind, index, pinned } = scene
  const read = kind === "y" && index >= 0 ? reads(p, index) : []
  const users = kind === "x" ? usersOf(p, length, index - offset) : []
  drawList(x, padded, ["span", "small"], (element, i) => {
    const at = i - offset, added = at < 0 || at >= p.length, unread = !refused && i >= padded - loose
    const [shown, label] = added ? ["·", texts.added] : [String(at), `x[${at}]`]
    const chosen = kind === "x" && i === index
    drawCell(element, `x-${i}`, { shown, label, added, unread, tap: read.indexOf(at), chosen, pinned }, texts)
  })
  drawList(y, length, ["span", "small"], (element, t) => {
    const tap = users.includes(t) ? reads(p, t).indexOf(index - offset) : -1
    drawCell(element, `y-${t}`, { shown: String(t), label: `y[${t}]`, tap, chosen: kind === "y" && t === index, pinned }, texts)
  })
  y.parentElement.hidden = !!refused
}

// ---- In words.

// The outputs that read position `i` of the input.
const usersOf = (p, length, i) => range(length).filter(t => reads(p, t).includes(i))

// The parts of the sentence that are so for all cells: those before what is said of one cell, and the one after it.
const sayLayer = ({ p, length, padded, loose }, texts) => {
  const { kernel, groups, inputs, outputs } = p, some = inputs / groups
  return [
    [
      fill(texts.say_length, { length, span: span(p), padded }),
      ...(loose ? [fill(texts.say_tail, { count: loose })] : []),
    ],
    fill(texts.say_groups, { some, all: inputs, parameters: outputs * some * kernel + outputs }),
  ]
}

const sayCell = ({ p, length }, kind, at, texts) => {
  const name = i => (i < 0 || i >= p.length ? texts.added : `x[${i}]`)
  if (kind === "y") return fill(texts.say_reads, { t: at, list: reads(p, at).map(name).join(texts.comma) })
  const users = usersOf(p, length, at).map(t => `y[${t}]`)
  return users.length ? fill(texts.say_users, { name: name(at), list: users.join(texts.comma) }) : fill(texts.say_nobody, { name: name(at) })
}

const sentence = (scene, cell, pinned, texts) => {
  const [before, after] = sayLayer(scene, texts)
  return [...before, cell, after, ...(pinned ? [texts.say_pinned] : [])].join(texts.between)
}

const say = (scene, refusals, texts) => {
  const { refused, kind, index, offset, pinned } = scene
  if (refused) return fill(texts.say_refused, { words: fill(refusals[refused.reason], refused.values) })
  return sentence(scene, sayCell(scene, kind, kind === "y" ? index : index - offset, texts), pinned, texts)
}

// All that the sentence can come to be, from cell to cell.
const sentences = (scene, texts) => [
  ...range(scene.length).map(t => sayCell(scene, "y", t, texts)),
  ...range(scene.padded).map(i => sayCell(scene, "x", i - scene.offset, texts)),
].map(cell => sentence(scene, cell, true, texts))

const formulaOf = ({ p, length, left, right }) => {
  const both = p.mode === "zeros" ? `2·${p.padding}` : `${left} + ${right}`
  const taken = `⌊(${p.length} + ${both} − ${p.dilation}·(${p.kernel} − 1) − 1) / ${p.stride}⌋ + 1`
  return unbroken(`L_out = ${taken} = ${length}`)
}

const program = ({ p, length, left, refused }) => {
  const causal = p.mode === "causal" && left, added = { zeros: p.padding, same: "'same'", causal: 0 }[p.mode]
  const call = options(
    `${p.inputs}, ${p.outputs}, kernel_size=${p.kernel}`,
    ["stride", p.stride, 1], ["padding", added, 0], ["dilation", p.dilation, 1], ["groups", p.groups, 1],
  )
  return script(
    ...(causal ? ["from torch.nn import functional as F"] : []),
    "",
    `x = torch.rand(1, ${p.inputs}, ${p.length})`,
    `layer = nn.Conv1d(${call})`,
    `y = layer(${causal ? `F.pad(x, (${left}, 0))` : "x"})${refused ? "" : `  # (1, ${p.outputs}, ${length})`}`,
  )
}

// ---- Keys.

const keysOf = ({ state, set, choose }, { controls, press }, outputs, stops) => {
  const leaveTo = element => {
    stops.focus(element) // before anything is drawn, as in the other figures
    if (element.dataset.key) choose(element.dataset.key)
    return true
  }
  return (event, accepts) => {
    const { target, key } = event, isSetting = controls.includes(target), own = keyOf(event)
    if (press(event)) return true
    if (isSetting && accepts) {
      const [first] = shownIn(outputs)
      return first ? leaveTo(first) : true
    }
    if (ARROWS.has(key)) {
      const to = stops.step(target, key)
      return !!to && leaveTo(to)
    }
    if (own && accepts) choose(own, { pinned: !state.pinned })
    else if (key === "Escape" && state.pinned) set({ pinned: false })
    else if (key === "Escape" && !isSetting) stops.focus(controls[0])
    else return false
    return true
  }
}

// ---- The address.

const wordsOf = ({ state, start }) => [
  ...changed(KEYS, state, start),
  ...(state.chosen !== FIRST.chosen || state.pinned ? [state.chosen] : []),
  ...(state.pinned ? ["pinned"] : []),
]

const takeUp = (word, state) => {
  const set = setting(word, RANGES)
  if (set) Object.assign(state, set)
  else if (word === "pinned") state.pinned = true
  else if (/^[xy]-\d{1,2}$/.test(word)) state.chosen = word
}

export default function live(figure) {
  const { data, texts } = given(figure)
  const model = choosing(startOf(data), () => update()), { state, start } = model
  const bar = mountSettings(model, texts), x = list("cells", texts.inputs, "x"), y = list("cells", texts.outputs, "y")
  const { code, copy, block } = listing(texts), reset = button(texts.reset, () => model.set(start))
  const formula = text("formula"), sentence = statement()
  figure.querySelector("[data-part=settings]").hidden = true
  figure.append(
    labelled(texts.inputs, x), labelled(texts.outputs, y), sentence.block, bar.bar, formula, text("legend", texts.legend),
    block, buttons(copy, reset), text("keys", texts.keys),
  )
  const rows = () => [shownIn(x), shownIn(y), bar.controls, [copy, reset]]
  const stops = roving(figure, () => rows().filter(line => line.length), element => !element.dataset.key)
  const writeAddress = addressWriter(NAME)
  const reserve = onChange(scene => sentence.reserve(sentences(scene, texts)))

  const update = () => {
    const scene = sceneOf(model, data.channels)
    drawSettings(bar, state, texts)
    drawCells(x, y, scene, texts)
    formula.hidden = !!scene.refused
    setText(formula, formulaOf(scene))
    sentence.say(say(scene, data.refusals, texts), scene.refused)
    if (!scene.refused) reserve(JSON.stringify(scene.p), scene) // a step from cell to cell need not ask again
    setText(code, program(scene))
    stops.refresh()
    writeAddress(wordsOf(model))
  }

  watchPointer(figure, model)
  watchKeys(figure, keysOf(model, bar, y, stops))
  begin(figure, NAME, word => takeUp(word, state), update)
  stops.stop(bar.controls[0]) // the tab key comes to what can be set
}
