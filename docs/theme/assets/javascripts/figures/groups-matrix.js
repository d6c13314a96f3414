// Groups and the matrix: who reads whom, the same weights as a banded matrix, and its transpose, ConvTranspose1d.
import { lengthOut, refusal } from "./conv.js"
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, make, readAddress, roving, setAttribute, setHidden,
  setText, settings, statement,
} from "./kit.js"
import { joined, kind, lengthBack, matrix, multiplyAdds, parameters, refusedExtra, sources } from "./matrix.js"

const NAME = "groups-matrix"
const RANGES = {
  inputs: [1, 6], outputs: [1, 6], groups: [1, 6], kernel: [1, 3], length: [3, 7], stride: [1, 3], padding: [0, 2],
  dilation: [1, 2], extra: [0, 3],
}
const PITCH = 32 // height of a channel in the drawing's own unit

export default function live(figure) {
  const { data, texts } = given(figure)
  const start = { ...data.start, transposed: data.start.transposed ? 1 : 0, chosen: "y-0", pinned: false }
  const state = { ...start }
  let hovered = null
  const shownKey = () => (state.pinned ? state.chosen : hovered ?? state.chosen)
  const names = {
    inputs: "C_in", outputs: "C_out", groups: texts.groups, kernel: "K", length: "L", stride: texts.stride,
    padding: texts.padding, dilation: texts.dilation, extra: "output_padding",
  }
  const { bar, controls, press, show } = settings(RANGES, names, start, key => state[key], (key, to) => {
    state[key] = to
    update()
  })
  const turn = button(texts.transpose, () => {
    state.transposed = 1 - state.transposed
    if (state.chosen[0] === "m") Object.assign(state, { chosen: "y-0", pinned: false })
    update()
  })
  const pin = button(texts.pin, () => { state.pinned = !state.pinned; update() })
  const code = make("code"), listing = make("pre", { class: "insync-listing" }, code)
  const copy = copyButton(texts, code)
  const reset = button(texts.reset, () => { Object.assign(state, start); hovered = null; update() })
  const formula = make("p", { class: "insync-formula" })
  const sentence = statement()
  const list = (label, part) => make("div", { role: "listbox", "aria-label": label, class: "insync-cells", "data-part": part })
  const left = list(texts.channels_in, "x"), right = list(texts.channels_out, "y"), lines = list(texts.matrix, "m")
  lines.setAttribute("class", "insync-lines")
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  setAttribute(drawing, "aria-hidden", "true")
  setAttribute(drawing, "preserveAspectRatio", "none")
  const [paths, marked] = ["all", "marked"].map(name => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path")
    path.setAttribute("data-lines", name)
    drawing.append(path)
    return path
  })
  const label = make("div", { class: "insync-label", "aria-hidden": "true" })
  const net = make("div", { class: "insync-net" }, left, drawing, right)
  const band = make("div", { class: "insync-part" }, lines)
  const legend = make("p", { class: "insync-legend" }, texts.legend)
  figure.querySelector("[data-part=settings]").hidden = true
  figure.append(
    bar, make("div", { class: "insync-buttons" }, turn, pin), formula, sentence.block, net, label, band, legend, listing,
    make("div", { class: "insync-buttons" }, copy, reset), make("p", { class: "insync-keys" }, texts.keys),
  )

  const shown = block => [...block.children].filter(each => !each.hidden)
  const stops = roving(figure, () => {
    const [x, y] = [shown(left), shown(right)]
    const pairs = Array.from({ length: Math.max(x.length, y.length) }, (_, n) => [x[n], y[n]].filter(Boolean))
    return [controls.filter(each => !each.hidden), [turn, pin], ...pairs, ...shown(lines).map(each => [each]), [copy, reset]]
  })
  const option = (block, index) => {
    while (block.children.length <= index)
      block.append(make("div", { role: "option", tabindex: "-1" }, ...(block === lines ? [make("span"), make("span")] : [])))
    return block.children[index]
  }
  const choose = chosen => {
    hovered = null
    state.chosen = chosen
    update()
  }
  const columns = () => (state.transposed ? state.outputs * lengthOut(state) : state.inputs * state.length)

  // What a pointer is at: a channel, a row of the matrix by its name, or one of its cells.
  const keyAt = ({ target, clientX }) => {
    const own = target.closest("[data-key]")?.dataset.key
    if (own?.[0] !== "m" || target !== target.parentElement.lastChild) return own
    const { left, width } = target.getBoundingClientRect(), last = columns() - 1
    return `${own}-${Math.max(0, Math.min(Math.floor((clientX - left) / width * (last + 1)), last))}`
  }
  const preview = key => {
    if (key === hovered || state.pinned) return
    hovered = key
    update()
  }
  figure.addEventListener("click", event => {
    const key = keyAt(event)
    if (!key) return
    state.pinned = !(state.pinned && state.chosen === key)
    choose(key)
  })
  figure.addEventListener("pointermove", event => {
    const key = event.pointerType !== "touch" && keyAt(event)
    if (key) preview(key)
  })
  figure.addEventListener("pointerleave", () => preview(null))
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (press(event)) return event.preventDefault()
    const { target, key } = event, own = target.dataset.key, [, row, column = -1] = state.chosen.split("-").map(Number)
    if (own?.[0] === "m" && ARROWS.has(key) && key !== "ArrowUp" && key !== "ArrowDown") {
      const last = columns() - 1, at = own === `m-${row}` && state.chosen[0] === "m" ? column : -1
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: -1, End: last }[key]
      choose(to < 0 ? own : `${own}-${Math.min(to, last)}`)
    } else if (ARROWS.has(key)) {
      const to = stops.step(target, key)
      if (!to) return
      stops.focus(to)
      if (to.dataset.key) choose(to.dataset.key + (own?.[0] === "m" && to.dataset.key[0] === "m" && column >= 0 ? `-${column}` : ""))
    } else if (target.dataset.setting && (key === "Enter" || key === " ")) {
      const first = shown(lines)[0]
      if (!first) return
      stops.focus(first)
      choose(first.dataset.key)
    } else if (own && (key === "Enter" || key === " ")) {
      state.pinned = !state.pinned
      update()
    } else if (key === "Escape" && state.pinned) {
      state.pinned = false
      update()
    } else if (key === "Escape" && !target.dataset.setting) stops.focus(controls[0])
    else return
    event.preventDefault()
  })

  // Why torch refuses, in its own words; an empty string if it does not.
  const refusedWords = p => {
    const back = state.transposed && (p.inputs % p.groups || p.outputs % p.groups)
    const refused = refusal(back ? { ...p, inputs: p.outputs, outputs: p.inputs } : p)
    if (refused) return fill(data.refusals[refused.reason], refused.values)
    const extra = state.transposed && refusedExtra(p, state.extra)
    return extra ? fill(data.refusals.extra, extra) : ""
  }

  const update = () => {
    const p = state, turned = !!p.transposed, words = refusedWords(p)
    for (const key of Object.keys(RANGES)) show(key, String(p[key]))
    setHidden(controls.at(-1), !turned)
    setAttribute(turn, "aria-pressed", String(turned))
    setAttribute(pin, "aria-pressed", String(p.pinned))
    const out = words ? 0 : lengthOut(p), length = words ? 0 : turned ? lengthBack(p, p.extra) : p.length
    const table = words ? [] : matrix(p, turned, p.extra)
    const heads = turned ? length : out, places = turned ? out : length // positions of a row's and of a column's channel
    const rowName = turned ? "x" : "y", columnName = turned ? "y" : "x"
    const count = turned ? p.outputs * out : p.inputs * length
    let [block, first, second] = shownKey().split("-")
    let row = Number(first), column = second === undefined ? -1 : Math.min(Number(second), count - 1)
    if (block === "m") row = Math.min(row, table.length - 1)
    else row = Math.min(row, (block === "y" ? p.outputs : p.inputs) - 1)
    const of = n => [Math.floor(n / heads), n % heads], at = n => [Math.floor(n / places), n % places]
    // Channels that the choice is about: o's and c's.
    const side = (name, n) => {
      if (block === name) return n === row ? "chosen" : null
      if (block !== "m") return joined(p, name === "y" ? n : row, name === "y" ? row : n) ? "read" : null
      if (name === rowName) return n === of(row)[0] ? "chosen" : null
      const other = of(row)[0]
      return column >= 0 ? (n === at(column)[0] ? "chosen" : null)
        : joined(p, name === "y" ? n : other, name === "y" ? other : n) ? "read" : null
    }
    for (const [part, name, amount] of [[left, "x", p.inputs], [right, "y", p.outputs]])
      for (let n = 0; n < Math.max(amount, part.children.length); n++) {
        const element = option(part, n)
        setHidden(element, n >= amount)
        if (element.hidden) continue
        const mark = words ? null : side(name, n)
        setText(element, `${name}[${n}]`)
        setAttribute(element, "data-key", `${name}-${n}`)
        setAttribute(element, "data-mark", mark)
        setAttribute(element, "data-pinned", p.pinned && block === name && n === row ? "" : null)
        setAttribute(element, "aria-selected", String(!!mark))
      }
    const line = (o, c) => `M0 ${(c + .5) * PITCH}L100 ${(o + .5) * PITCH}`
    let all = "", strong = ""
    if (!words)
      for (let o = 0; o < p.outputs; o++)
        for (let c = 0; c < p.inputs; c++)
          if (joined(p, o, c)) {
            const lit = side("y", o) && side("x", c)
            if (lit) strong += line(o, c)
            else all += line(o, c)
          }
    setAttribute(paths, "d", all)
    setAttribute(marked, "d", strong)
    const high = Math.max(p.inputs, p.outputs)
    setAttribute(drawing, "viewBox", `0 0 100 ${high * PITCH}`)
    setAttribute(drawing, "style", `height:${high * PITCH}px`)

    const perRow = (turned ? p.inputs : p.outputs) / p.groups, perColumn = (turned ? p.outputs : p.inputs) / p.groups
    setAttribute(lines, "style", `--count:${count};--channel:${places}`)
    for (let n = 0; n < Math.max(table.length, lines.children.length); n++) {
      const element = option(lines, n)
      setHidden(element, n >= table.length)
      if (element.hidden) continue
      const [channel, place] = of(n), name = `${rowName}[${channel},${place}]`, chosen = block === "m" && n === row
      setText(element.firstChild, name)
      setText(element.lastChild, table[n].map(weight => (weight ? weight[2] : "·")).join(""))
      setAttribute(element, "data-key", `m-${n}`)
      const wide = perColumn * places, outlined = chosen && column >= 0
      // Where they are used: what is set further up has the style of all that is beneath made anew.
      setAttribute(
        element.lastChild, "style",
        `--from:${Math.floor(channel / perRow) * wide};--wide:${wide}${outlined ? `;--column:${column}` : ""}`,
      )
      setAttribute(element, "data-cell", outlined ? "" : null)
      setAttribute(element, "data-pinned", p.pinned && chosen ? "" : null)
      setAttribute(element, "data-first", place === 0 && n ? "" : null)
      setAttribute(element, "data-mark", chosen ? "chosen" : block === rowName && channel === row ? "read" : null)
      setAttribute(element, "aria-selected", String(chosen))
      setAttribute(element, "aria-label", name)
    }
    for (const part of [formula, net, label, band, legend]) setHidden(part, !!words)
    setText(label, fill(turned ? texts.label_back : texts.label, { rows: table.length, columns: count }))
    const some = p.inputs / p.groups
    const biases = turned ? p.inputs : p.outputs
    setText(
      formula,
      `${texts.parameters}: C_out · C_in/g · K + ${turned ? "C_in" : "C_out"} = ${p.outputs}·${some}·${p.kernel} + ${biases} = ${words || parameters(p, turned)}\n`
      + `${texts.madds}: C_out · L_out · C_in/g · K = ${p.outputs}·${out}·${some}·${p.kernel} = ${words || multiplyAdds(p)}`,
    )
    if (words) sentence.say(fill(texts.say_refused, { words }), true)
    else sentence.say(say(sayChoice(), p.pinned))
    sentence.reserve(words ? [] : longest())
    setText(code, program(length, out, words))
    stops.refresh()
    remember()

    // What is so for all choices, and between them the one that is shown.
    function say(choice, pinned) {
      const parts = [fill(texts[`say_${kind(p)}`], { some, all: p.inputs }), choice]
      if (turned) {
        const all = sources(p).map(each => `L = ${each}`).join(texts.and)
        const text = p.extra >= p.stride ? "say_beyond" : p.stride > 1 ? "say_sources" : "say_source"
        parts.push(fill(texts[text], { all, out, extra: p.extra, length }))
      }
      if (pinned) parts.push(texts.say_pinned)
      return parts.join(texts.between)
    }
    function sayChoice() {
      if (block !== "m") return sayChannel(block, row)
      if (column < 0) return sayRow(row)
      const weight = table[row][column]
      return fill(weight ? texts.say_cell : texts.say_zero, { name: rowAt(row), column: columnAt(column), weight: `w[${weight?.join(", ")}]` })
    }
    function sayChannel(name, row) {
      const [text, other, amount] = name === "y" ? [texts.say_reads, "x", p.inputs] : [texts.say_users, "y", p.outputs]
      const list = Array.from({ length: amount }, (_, n) => n).filter(n => (name === "y" ? joined(p, row, n) : joined(p, n, row)))
      return fill(text, { name: `${name}[${row}]`, list: list.map(n => `${other}[${n}]`).join(", ") })
    }
    function sayRow(row) {
      const list = table[row].flatMap((weight, m) => (weight ? [columnAt(m)] : [])).join(", ")
      return list ? fill(texts.say_row, { name: rowAt(row), list }) : fill(texts.say_empty, { name: rowAt(row) })
    }
    function rowAt(n) { return `${rowName}[${of(n).join(", ")}]` }
    function columnAt(m) { return `${columnName}[${at(m).join(", ")}]` }
    // The longest sentences that these settings can bring: all indices have one digit, all channels as many partners.
    function longest() {
      const full = table.map(line => line.filter(Boolean).length), most = full.indexOf(Math.max(...full))
      const cell = fill(texts.say_cell, { name: rowAt(0), column: columnAt(0), weight: "w[0, 0, 0]" })
      return [sayChannel("y", 0), sayChannel("x", 0), sayRow(most), cell].map(choice => say(choice, true))
    }
  }

  const program = (length, out, words) => {
    const p = state, turned = p.transposed
    const options = [`${turned ? p.outputs : p.inputs}, ${turned ? p.inputs : p.outputs}, kernel_size=${p.kernel}`]
    for (const [key, usual] of [["stride", 1], ["padding", 0], ["extra", 0], ["dilation", 1], ["groups", 1]])
      if (p[key] !== usual && (key !== "extra" || turned)) options.push(`${names[key].includes("output") ? names[key] : key}=${p[key]}`)
    const [from, to] = turned ? ["y", "x"] : ["x", "y"]
    const given = turned ? Math.max(lengthOut(p), 1) : p.length
    return [
      "import torch", "from torch import nn", "",
      `${from} = torch.rand(1, ${turned ? p.outputs : p.inputs}, ${given})`,
      `layer = nn.Conv${turned ? "Transpose" : ""}1d(${options.join(", ")})`,
      `${to} = layer(${from})${words ? "" : `  # (1, ${turned ? p.inputs : p.outputs}, ${turned ? length : out})`}`,
    ].join("\n")
  }

  // ---- The address.
  const writeAddress = addressWriter(NAME)
  const remember = () => {
    const words = [...Object.keys(RANGES), "transposed"].filter(key => state[key] !== start[key]).map(key => `${key}*${state[key]}`)
    if (state.chosen !== start.chosen) words.push(state.chosen)
    if (state.pinned) words.push("pinned")
    writeAddress(words)
  }
  for (const word of readAddress(NAME)) {
    const [key, amount] = word.split("*"), range = { ...RANGES, transposed: [0, 1] }[key]
    if (range && /^\d$/.test(amount ?? "") && amount >= range[0] && amount <= range[1]) state[key] = Number(amount)
    else if (word === "pinned") state.pinned = true
    else if (/^([xy]-\d|m-\d{1,2}(-\d{1,2})?)$/.test(word)) state.chosen = word
  }
  figure.dataset.live = "yes"
  update()
  carry()
}
