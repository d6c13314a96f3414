// Groups and the matrix: who reads whom, the same weights as a banded matrix, and its transpose, ConvTranspose1d.
import { ARROWS, choosing, roving, watchKeys, watchPointer } from "./choice.js"
import { lengthOut, refusal } from "./conv.js"
import { drawPicture, keyAt, mountPicture } from "./groups-matrix/picture.js"
import {
  addressWriter, begin, button, buttons, changed, fill, given, isShown, listing, options, range, script, setAttribute,
  setHidden, setText, setting, settings, shownIn, statement, text,
} from "./kit.js"
import { joined, kind, lengthBack, matrix, multiplyAdds, parameters, refusedExtra, sources } from "./matrix.js"

const NAME = "groups-matrix"
const RANGES = {
  inputs: [1, 6], outputs: [1, 6], groups: [1, 6], kernel: [1, 3], length: [3, 7], stride: [1, 3], padding: [0, 2],
  dilation: [1, 2], extra: [0, 3],
}

const columnsOf = p => (p.transposed ? p.outputs * lengthOut(p) : p.inputs * p.length)

// All that follows from the state: lengths, the matrix, what is chosen in it, or the words with which torch refuses.
const sceneOf = ({ state: p, shown }, refusals) => {
  const turned = !!p.transposed, words = refusedWords(p, refusals)
  const out = words ? 0 : lengthOut(p), length = words ? 0 : turned ? lengthBack(p, p.extra) : p.length
  const table = words ? [] : matrix(p, turned, p.extra)
  const count = turned ? p.outputs * out : p.inputs * length
  const [block, first, second] = shown().split("-")
  const most = { m: table.length, y: p.outputs, x: p.inputs }[block] - 1
  const [heads, places] = turned ? [length, out] : [out, length] // positions of a row's and of a column's channel
  return {
    p, turned, words, out, length, table, count, block, places,
    row: Math.min(Number(first), most),
    column: second === undefined ? -1 : Math.min(Number(second), count - 1),
    rowName: turned ? "x" : "y",
    columnName: turned ? "y" : "x",
    rowAt: n => [Math.floor(n / heads), n % heads],
    columnAt: m => [Math.floor(m / places), m % places],
  }
}

// ---- In words.

// Why torch refuses, in its own words; an empty string if it does not.
const refusedWords = (p, refusals) => {
  const back = p.transposed && (p.inputs % p.groups || p.outputs % p.groups)
  const refused = refusal(back ? { ...p, inputs: p.outputs, outputs: p.inputs } : p)
  if (refused) return fill(refusals[refused.reason], refused.values)
  const extra = p.transposed && refusedExtra(p, p.extra)
  return extra ? fill(refusals.extra, extra) : ""
}

const rowTitle = ({ rowName, rowAt }, n) => `${rowName}[${rowAt(n).join(", ")}]`
const columnTitle = ({ columnName, columnAt }, m) => `${columnName}[${columnAt(m).join(", ")}]`

const sayChannel = ({ p }, name, n, texts) => {
  const [text, other, amount] = name === "y" ? [texts.say_reads, "x", p.inputs] : [texts.say_users, "y", p.outputs]
  const isJoined = m => (name === "y" ? joined(p, n, m) : joined(p, m, n))
  const list = range(amount).filter(isJoined).map(m => `${other}[${m}]`)
  return fill(text, { name: `${name}[${n}]`, list: list.join(texts.comma) })
}

const sayRow = (scene, n, texts) => {
  const name = rowTitle(scene, n)
  const list = scene.table[n].flatMap((weight, m) => (weight ? [columnTitle(scene, m)] : [])).join(texts.comma)
  return list ? fill(texts.say_row, { name, list }) : fill(texts.say_empty, { name })
}

const sayChoice = (scene, texts) => {
  const { block, row, column, table } = scene
  if (block !== "m") return sayChannel(scene, block, row, texts)
  if (column < 0) return sayRow(scene, row, texts)
  const weight = table[row][column]
  return fill(weight ? texts.say_cell : texts.say_zero, {
    name: rowTitle(scene, row), column: columnTitle(scene, column), weight: `w[${weight?.join(", ")}]`,
  })
}

// What is so for all choices, and between them the one that is shown.
const sayAround = ({ p, turned, out, length }, choice, pinned, texts) => {
  const parts = [fill(texts[`say_${kind(p)}`], { some: p.inputs / p.groups, all: p.inputs }), choice]
  if (turned) {
    const all = sources(p).map(each => `L = ${each}`).join(texts.and)
    const text = p.extra >= p.stride ? "say_beyond" : p.stride > 1 ? "say_sources" : "say_source"
    parts.push(fill(texts[text], { all, out, extra: p.extra, length }))
  }
  if (pinned) parts.push(texts.say_pinned)
  return parts.join(texts.between)
}

const say = (scene, texts) => {
  if (scene.words) return fill(texts.say_refused, { words: scene.words })
  return sayAround(scene, sayChoice(scene, texts), scene.p.pinned, texts)
}

// The longest sentences that these settings can bring: all indices have one digit, all channels as many partners.
const longest = (scene, texts) => {
  if (scene.words) return []
  const full = scene.table.map(line => line.filter(Boolean).length), most = full.indexOf(Math.max(...full))
  const cell = fill(texts.say_cell, { name: rowTitle(scene, 0), column: columnTitle(scene, 0), weight: "w[0, 0, 0]" })
  const choices = [sayChannel(scene, "y", 0, texts), sayChannel(scene, "x", 0, texts), sayRow(scene, most, texts), cell]
  return choices.map(choice => sayAround(scene, choice, true, texts))
}

const counts = ({ p, turned, out, words }, texts) => {
  const some = p.inputs / p.groups, biases = turned ? p.inputs : p.outputs
  return `${texts.parameters}: C_out · C_in/g · K + ${turned ? "C_in" : "C_out"} = ${p.outputs}·${some}·${p.kernel} + ${biases} = ${words || parameters(p, turned)}\n`
    + `${texts.madds}: C_out · L_out · C_in/g · K = ${p.outputs}·${out}·${some}·${p.kernel} = ${words || multiplyAdds(p)}`
}

const program = ({ p, turned, length, out, words }) => {
  const [from, to, taken, made] = turned ? ["y", "x", p.outputs, p.inputs] : ["x", "y", p.inputs, p.outputs]
  const call = options(
    `${taken}, ${made}, kernel_size=${p.kernel}`, ["stride", p.stride, 1], ["padding", p.padding, 0],
    ["output_padding", turned ? p.extra : 0, 0], ["dilation", p.dilation, 1], ["groups", p.groups, 1],
  )
  return script(
    "",
    `${from} = torch.rand(1, ${taken}, ${turned ? Math.max(lengthOut(p), 1) : p.length})`,
    `layer = nn.Conv${turned ? "Transpose" : ""}1d(${call})`,
    `${to} = layer(${from})${words ? "" : `  # (1, ${made}, ${turned ? length : out})`}`,
  )
}

// ---- Keys.

const keysOf = ({ state, set, choose }, { controls, press }, lines, stops) => {
  // Through the cells of a row, from -1, the row itself.
  const along = (own, key) => {
    const [, row, column = -1] = state.chosen.split("-").map(Number), last = columnsOf(state) - 1
    const at = own === `m-${row}` && state.chosen[0] === "m" ? column : -1
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: -1, End: last }[key]
    choose(to < 0 ? own : `${own}-${Math.min(to, last)}`)
  }
  const step = (target, own, key) => {
    const to = stops.step(target, key)
    if (!to) return false
    stops.focus(to)
    const there = to.dataset.key, [, , column = -1] = state.chosen.split("-").map(Number)
    if (there) choose(there + (own?.[0] === "m" && there[0] === "m" && column >= 0 ? `-${column}` : ""))
    return true
  }
  const enter = () => {
    const [first] = shownIn(lines)
    if (!first) return false
    stops.focus(first)
    choose(first.dataset.key)
    return true
  }
  return (event, accepts) => {
    const { target, key } = event, own = target.dataset.key, isSetting = controls.includes(target)
    if (press(event)) return true
    if (own?.[0] === "m" && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) along(own, key)
    else if (ARROWS.has(key)) return step(target, own, key)
    else if (isSetting && accepts) return enter()
    else if (own && accepts) set({ pinned: !state.pinned })
    else if (key === "Escape" && state.pinned) set({ pinned: false })
    else if (key === "Escape" && !isSetting) stops.focus(controls[0])
    else return false
    return true
  }
}

// ---- The address.

const wordsOf = ({ state, start }) => [
  ...changed([...Object.keys(RANGES), "transposed"], state, start),
  ...(state.chosen === start.chosen ? [] : [state.chosen]),
  ...(state.pinned ? ["pinned"] : []),
]

const takeUp = (word, state) => {
  const set = setting(word, { ...RANGES, transposed: [0, 1] })
  if (set) Object.assign(state, set)
  else if (word === "pinned") state.pinned = true
  else if (/^([xy]-\d|m-\d{1,2}(-\d{1,2})?)$/.test(word)) state.chosen = word
}

// ---- The figure.

const mountSettings = ({ state, start, set }, texts) => {
  const names = {
    inputs: "C_in", outputs: "C_out", groups: texts.groups, kernel: "K", length: "L", stride: texts.stride,
    padding: texts.padding, dilation: texts.dilation, extra: "output_padding",
  }
  return settings(RANGES, names, start, key => state[key], (key, to) => set({ [key]: to }))
}

// The channels stand side by side, and so do those that the arrow keys go between.
const mountStops = (figure, { controls }, { x, y, m }, above, below) => roving(figure, () => {
  const [left, right] = [shownIn(x), shownIn(y)]
  const pairs = range(Math.max(left.length, right.length)).map(n => [left[n], right[n]].filter(Boolean))
  return [...pairs, ...shownIn(m).map(each => [each]), controls.filter(isShown), above, below]
}, element => !element.dataset.key)

// The other way round there are other rows, of which none is chosen.
const turnedOver = ({ transposed, chosen }) =>
  ({ transposed: 1 - transposed, ...(chosen[0] === "m" ? { chosen: "y-0", pinned: false } : {}) })

export default function live(figure) {
  const { data, texts } = given(figure)
  const start = { ...data.start, transposed: data.start.transposed ? 1 : 0, chosen: "y-0", pinned: false }
  const model = choosing(start, () => update()), { state, set } = model
  const bar = mountSettings(model, texts), picture = mountPicture(texts)
  const turn = button(texts.transpose, () => set(turnedOver(state)))
  const pin = button(texts.pin, () => set({ pinned: !state.pinned }))
  const reset = button(texts.reset, () => model.choose(start.chosen, start))
  const { code, copy, block } = listing(texts)
  const formula = text("formula"), legend = text("legend", texts.legend), sentence = statement()
  figure.querySelector("[data-part=settings]").hidden = true
  figure.append(
    picture.net, picture.label, picture.band, sentence.block, bar.bar, buttons(turn, pin), formula, legend, block,
    buttons(copy, reset), text("keys", texts.keys),
  )
  const stops = mountStops(figure, bar, picture.lists, [turn, pin], [copy, reset])
  const writeAddress = addressWriter(NAME)

  const update = () => {
    const scene = sceneOf(model, data.refusals), { words, table, count } = scene
    for (const key of Object.keys(RANGES)) bar.show(key, String(state[key]))
    setHidden(bar.controls.at(-1), !scene.turned)
    setAttribute(turn, "aria-pressed", String(scene.turned))
    setAttribute(pin, "aria-pressed", String(state.pinned))
    drawPicture(picture, scene, fill(scene.turned ? texts.label_back : texts.label, { rows: table.length, columns: count }))
    for (const part of [formula, legend]) setHidden(part, !!words)
    setText(formula, counts(scene, texts))
    sentence.say(say(scene, texts), !!words)
    sentence.reserve(longest(scene, texts))
    setText(code, program(scene))
    stops.refresh()
    writeAddress(wordsOf(model))
  }

  watchPointer(figure, model, event => keyAt(event, columnsOf(state)), "pointermove")
  watchKeys(figure, keysOf(model, bar, picture.lists.m, stops))
  begin(figure, NAME, word => takeUp(word, state), update)
  stops.stop(bar.controls.find(isShown)) // the tab key comes to what can be set
}
