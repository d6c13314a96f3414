// Receptive-field tower: stack layers, choose an output and see every cell that reaches it; choose an input and see
// where it goes. Beside it what the formula says, what the paths reach, and what gradients measured in torch.
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, make, readAddress, roving, setAttribute, setText,
  settings,
} from "./kit.js"
import { added, field, lengths, reachedBy, seen, taps } from "./tower.js"

const NAME = "field-tower"
const MODES = ["none", "same", "causal"]
const LAYER = { K: [1, 4], d: [1, 8], s: [1, 3] }
const MOST = 5 // layers
const [LONGEST, WIDEST] = [32, 26] // positions of the input; pixels for one, at most
const BEYOND = 8 // positions of padding that have room at either end; what lies further out is drawn at the edge
const [LEFT, TOP, FLOOR, FOOT] = [16, 16, 36, 26] // pixels: names of the levels, margin, from level to level, scale
const PATHS = ["own", "links", "cells", "added", "used", "future", "holes", "chosen"]
const SVG = "http://www.w3.org/2000/svg"

export default function live(figure) {
  const { data, texts } = given(figure)
  const of = preset => ({ length: preset.length, mode: preset.mode, t: preset.t, i: null, layers: preset.layers })
  const state = of(data.presets[0])

  // ---- The elements.
  const ranges = { L: [1, LONGEST], mode: [0, 2], t: [0, LONGEST - 1] }
  const value = key => (key === "L" ? state.length : key === "mode" ? MODES.indexOf(state.mode) : state.t)
  const first = { L: state.length, mode: MODES.indexOf(state.mode), t: state.t }
  const main = settings(ranges, { L: "L", mode: texts.padding, t: texts.output }, first, value, (key, to) => {
    if (key === "L") state.length = to
    else if (key === "mode") state.mode = MODES[to]
    else Object.assign(state, { t: to, i: null })
    update()
  })
  const floors = Array.from({ length: MOST }, (_, l) => {
    const keys = Object.keys(LAYER), named = all => Object.fromEntries(keys.map((key, at) => [key + (l + 1), all[at]]))
    const at = key => keys.indexOf(key[0])
    const start = named(data.presets[0].layers[l] ?? [3, 1, 1])
    const each = settings(named(Object.values(LAYER)), named(keys), start, key => state.layers[l][at(key)], (key, to) => {
      state.layers = state.layers.map((layer, m) => (m === l ? layer.map((each, n) => (n === at(key) ? to : each)) : layer))
      update()
    })
    setAttribute(each.bar, "role", "group")
    setAttribute(each.bar, "aria-label", fill(texts.layer, { l: l + 1 }))
    each.bar.prepend(make("span", { class: "insync-label", "aria-hidden": "true" }, String(l + 1)))
    return each
  })
  const acting = (text, act) => button(text, () => { act(); update() })
  const more = acting(texts.more, () => { if (state.layers.length < MOST) state.layers = [...state.layers, state.layers.at(-1)] })
  const fewer = acting(texts.fewer, () => { if (state.layers.length > 1) state.layers = state.layers.slice(0, -1) })
  const presets = data.presets.map(preset => acting(texts[preset.name], () => Object.assign(state, of(preset))))
  const reset = acting(texts.reset, () => Object.assign(state, of(data.presets[0])))
  const code = make("code"), listing = make("pre", { class: "insync-listing" }, code)
  const copy = copyButton(texts, code)

  const draw = (name, attributes = {}) => {
    const element = document.createElementNS(SVG, name)
    for (const [key, each] of Object.entries(attributes)) element.setAttribute(key, each)
    return element
  }
  const paths = Object.fromEntries(PATHS.map(name => [name, draw("path", { "data-path": name })]))
  const names = Array.from({ length: MOST + 1 }, (_, l) => draw("text", { x: 0 }))
  const ticks = Array.from({ length: Math.ceil(LONGEST / 5) }, () => draw("text", { "text-anchor": "middle" }))
  const picture = draw("svg", { "aria-hidden": "true" })
  picture.append(...Object.values(paths), ...names, ...ticks)
  const strip = (which, label) => make("div", {
    role: "slider", tabindex: "-1", "data-strip": which, "aria-label": label, "aria-valuemin": "0",
  })
  const strips = { y: strip("y", texts.output), x: strip("x", texts.input) }
  const tower = make("div", { class: "insync-tower" }, picture, strips.y, strips.x)
  const box = make("div", { class: "insync-part", "data-part": "tower" }, tower)
  const formula = make("p", { class: "insync-formula" })
  const numbers = ["formula", "paths", "measured"].map(key => {
    const amount = make("b"), label = make("span", {}, texts[`by_${key}`])
    return { key, amount, label, block: make("div", { "data-number": key }, amount, label) }
  })
  const sentence = make("p", { class: "insync-sentence", role: "status" })
  figure.querySelector("[data-part=presets]").hidden = true
  figure.append(
    make("div", { class: "insync-buttons" }, ...presets), main.bar,
    make("div", { class: "insync-layers" }, ...floors.map(each => each.bar)),
    make("div", { class: "insync-buttons" }, more, fewer),
    box, make("p", { class: "insync-legend" }, texts.legend), formula,
    make("div", { class: "insync-numbers" }, ...numbers.map(each => each.block)), sentence,
    listing, make("div", { class: "insync-buttons" }, copy, reset), make("p", { class: "insync-keys" }, texts.keys),
  )
  const stops = roving(
    figure,
    () => [
      presets, main.controls, ...floors.slice(0, state.layers.length).map(each => each.controls), [more, fewer],
      ...(strips.y.hidden ? [] : [[strips.y], [strips.x]]), [copy, reset],
    ],
    element => !element.dataset.strip,
  )

  // ---- What can be done.
  const last = which => Number(strips[which].getAttribute("aria-valuemax"))
  const choose = (which, to) => {
    const at = Math.max(0, Math.min(last(which), to))
    Object.assign(state, which === "y" ? { t: at, i: null } : { i: at })
    update()
  }
  const chosen = which => (which === "y" ? state.t : state.i ?? 0)
  for (const [which, element] of Object.entries(strips)) {
    const point = event => {
      const jump = which === "y" ? field(state.layers).jump : 1
      choose(which, Math.round(((event.offsetX - LEFT) / shape.pitch - 0.5 + shape.from) / jump))
    }
    element.addEventListener("pointerdown", event => {
      if (event.button) return
      element.setPointerCapture(event.pointerId)
      point(event)
      stops.stop(element)
    })
    element.addEventListener("pointermove", event => { if (element.hasPointerCapture(event.pointerId)) point(event) })
  }
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { target, key } = event, which = target.dataset.strip
    const owner = [main, ...floors].find(each => each.controls.includes(target))
    if (owner?.press(event)) return event.preventDefault()
    if (which && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
      const from = which === "x" && state.i === null ? -1 : chosen(which)
      choose(which, { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last(which) }[key])
    } else if (ARROWS.has(key)) {
      const to = stops.step(target, key)
      if (!to) return
      stops.focus(to)
    } else if (which && (key === "Enter" || key === " ")) choose(which, chosen(which))
    else if (owner && (key === "Enter" || key === " ") && !strips.y.hidden) stops.focus(strips.y)
    else if (key === "Escape" && state.i !== null) { state.i = null; update() }
    else if (key === "Escape" && target !== presets[0]) stops.focus(presets[0])
    else return
    event.preventDefault()
  })

  // ---- Drawing.
  let width = figure.clientWidth
  let shape = { pitch: WIDEST, from: 0 }
  const square = (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`
  const diamond = (x, y, r) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`
  const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`

  const update = () => {
    const { length, layers, mode } = state, { terms, sum, jump } = field(layers)
    const { all, refused } = lengths(state)
    const outputs = refused ? 0 : all.at(-1)
    state.t = refused ? state.t : Math.min(state.t, outputs - 1)
    if (state.i !== null) state.i = Math.min(state.i, length - 1)
    const back = !refused && state.i !== null
    const view = refused ? null : seen(state, all, state.t)
    const levels = refused ? [] : back ? reachedBy(state, all, state.i) : view.levels

    // Settings and buttons.
    main.show("L", String(length))
    main.show("mode", texts[mode])
    main.show("t", refused ? "–" : String(state.t), !!refused)
    floors.forEach(({ bar, show }, l) => {
      bar.hidden = l >= layers.length
      if (!bar.hidden) Object.keys(LAYER).forEach((key, at) => show(key + (l + 1), String(layers[l][at])))
    })
    setAttribute(more, "aria-disabled", layers.length < MOST ? null : "true")
    setAttribute(fewer, "aria-disabled", layers.length > 1 ? null : "true")
    data.presets.forEach((preset, at) => {
      const same = preset.length === length && preset.mode === mode && String(preset.layers) === String(layers)
      setAttribute(presets[at], "aria-pressed", String(same))
    })

    render(all, levels, jump, refused, back, view)

    // Numbers.
    const own = terms.map(([kernel, dilation, strides]) => `(${kernel} − 1)·${dilation}·${strides}`)
    setText(formula, `R = 1 + ${own.join(" + ")} = ${sum}`)
    const measured = data.measured[layers.flat().join("")]
    const shown = {
      formula: String(sum),
      paths: refused ? "–" : String(view.inputs.length),
      measured: !measured ? "–" : measured[0] === measured[1] ? String(measured[0]) : fill(texts.of, { some: measured[1], all: measured[0] }),
    }
    for (const { key, amount, label } of numbers) {
      setText(amount, shown[key])
      if (key === "paths") setText(label, fill(texts.by_paths, { t: refused ? "t" : state.t }))
      if (key === "measured") setText(label, measured ? texts.by_measured : texts.not_measured)
    }
    setText(sentence, say(all, levels, view, refused, sum))
    setAttribute(sentence, "data-refused", refused ? "" : null)
    setText(code, program(all, view, refused))
    stops.refresh()
    remember()
  }

  const render = (all, levels, jump, refused, back, view) => {
    const { layers, length } = state, deep = all.length - 1
    const jumps = [1]
    for (const [, , stride] of layers) jumps.push(jumps.at(-1) * stride)
    let from = 0, to = length - 1
    for (let l = 0; l < deep; l++) {
      const [left, right] = added(state, l)
      from = Math.max(-BEYOND, Math.min(from, -left * jumps[l]))
      to = Math.min(length - 1 + BEYOND, Math.max(to, (all[l] - 1 + right) * jumps[l]))
    }
    const columns = to - from + 1
    const pitch = Math.min(WIDEST, (width - LEFT) / columns)
    shape = { pitch, from }
    const x = (l, i) => Math.round((LEFT + (Math.max(from, Math.min(to, i * jumps[l])) - from + 0.5) * pitch) * 10) / 10
    const y = l => TOP + (layers.length - l) * FLOOR
    const r = Math.floor(Math.min(pitch - 1.5, 20) * 5) / 10
    const d = Object.fromEntries(PATHS.map(name => [name, ""]))
    const choice = refused ? null : back ? [0, state.i] : [deep, state.t]
    all.forEach((count, l) => {
      const used = new Set(levels[l])
      for (let i = 0; i < count; i++) {
        const at = [x(l, i), y(l), r]
        if (!used.has(i)) d.cells += square(...at)
        else if (choice[0] === l && choice[1] === i) d.chosen += square(at[0], at[1], r + 1)
        else if (l === 0 && i > view.own) d.future += diamond(at[0], at[1], r + 0.5)
        else d.used += square(...at)
      }
      for (const i of used) if (i < 0 || i >= count) d.added += square(x(l, i), y(l), Math.max(2.5, r - 0.5))
    })
    if (!refused) {
      for (let l = 0; l < deep; l++) {
        const there = new Set(levels[l])
        for (const t of levels[l + 1]) {
          if (t < 0 || t >= all[l + 1]) continue
          for (const i of taps(state, l, t)) if (there.has(i)) d.links += `M${x(l + 1, t)} ${y(l + 1) + r}L${x(l, i)} ${y(l) - r}`
        }
      }
      if (!back) {
        for (const i of view.holes) d.holes += cross(x(0, i), y(0), r - 1)
        d.own = `M${x(0, view.own)} ${y(deep)}V${y(0) + r + 5}`
      }
    }
    for (const name of PATHS) setAttribute(paths[name], "d", d[name])
    names.forEach((text, l) => {
      setText(text, l > deep ? "" : l ? String(l) : "x")
      setAttribute(text, "y", String(y(l) + 4))
    })
    ticks.forEach((text, at) => {
      setText(text, at * 5 < length ? String(at * 5) : "")
      setAttribute(text, "x", String(x(0, at * 5)))
      setAttribute(text, "y", String(y(0) + FOOT - 4))
    })
    const [wide, high] = [Math.floor(LEFT + columns * pitch), y(0) + FOOT]
    setAttribute(picture, "width", String(wide))
    setAttribute(picture, "height", String(high))
    setAttribute(tower, "style", `width: ${wide}px; height: ${high}px`)
    strips.y.hidden = strips.x.hidden = !!refused
    const marks = { y: [String(all.at(-1) - 1), String(state.t), `y[${state.t}]`], x: [String(length - 1), String(state.i ?? 0), state.i === null ? texts.nothing : `x[${state.i}]`] }
    for (const which of ["y", "x"]) {
      setAttribute(strips[which], "aria-valuemax", marks[which][0])
      setAttribute(strips[which], "aria-valuenow", marks[which][1])
      setAttribute(strips[which], "aria-valuetext", marks[which][2])
    }
  }

  // ---- In words.
  const say = (all, levels, view, refused, sum) => {
    if (refused) {
      const words = fill(data.refusals[refused.reason], refused.values)
      return fill(texts.say_refused, { l: refused.layer, words, all: sum })
    }
    const { t, i } = state, { inputs, holes, own, future, ends } = view
    const to = list => (list.length === 1 ? list[0] : fill(texts.range, { first: list[0], last: list.at(-1) }))
    if (i !== null) {
      const hit = levels.at(-1), named = hit.map(each => `y[${each}]`)
      return hit.length ? fill(texts.say_input, { i, count: hit.length, all: all.at(-1), list: named.join(texts.comma) }) : fill(texts.say_nowhere, { i })
    }
    if (!inputs.length) return fill(texts.say_padding, { t })
    const parts = [fill(texts.say_output, { t, count: inputs.length, all: all[0], list: to(inputs.map(each => `x[${each}]`)) })]
    parts.push(holes.length ? fill(texts.say_holes, { count: holes.length }) : texts.say_no_holes)
    parts.push(future.length ? fill(texts.say_future, { own, count: future.length }) : fill(texts.say_past, { own }))
    if (ends) parts.push(fill(texts.say_ends, { count: ends }))
    return parts.join(texts.between)
  }

  const program = (all, view, refused) => {
    const lines = state.layers.flatMap(([kernel, dilation, stride]) => {
      const options = [`1, 1, ${kernel}`]
      if (stride !== 1) options.push(`stride=${stride}`)
      if (dilation !== 1) options.push(`dilation=${dilation}`)
      if (state.mode === "same") options.push("padding='same'")
      const layer = `    nn.Conv1d(${options.join(", ")}),`
      return state.mode === "causal" && kernel > 1 ? [`    nn.ConstantPad1d((${dilation * (kernel - 1)}, 0), 0.0),`, layer] : [layer]
    })
    return [
      "import torch",
      "from torch import nn",
      "",
      "net = nn.Sequential(",
      ...lines,
      ")",
      "for p in net.parameters():",
      "    nn.init.ones_(p)",
      `x = torch.ones(1, 1, ${state.length}, requires_grad=True)`,
      `y = net(x)${refused ? "" : `  # (1, 1, ${all.at(-1)})`}`,
      `y[0, 0, ${state.t}].backward()`,
      "reads = x.grad[0, 0].nonzero().flatten().tolist()",
      `print(len(reads), reads)${refused ? "" : `  # ${view.inputs.length}`}`,
    ].join("\n")
  }

  // ---- The address: length-mode-layers and the choice, such as 20-none-311-311_y-6.
  const words = () => [
    [state.length, state.mode, ...state.layers.map(layer => layer.join(""))].join("-"),
    state.i === null ? `y-${state.t}` : `x-${state.i}`,
  ]
  const plain = words()
  const writeAddress = addressWriter(NAME)
  const remember = () => {
    const now = words(), [made, choice] = now
    const kept = made !== plain[0] ? now : choice !== plain[1] ? [choice] : []
    writeAddress(kept)
  }
  for (const word of readAddress(NAME)) {
    const made = /^(\d{1,2})-(none|same|causal)((?:-[1-4][1-8][1-3]){1,5})$/.exec(word)
    const choice = /^([xy])-(\d{1,2})$/.exec(word)
    if (made && made[1] >= 1 && made[1] <= LONGEST) {
      Object.assign(state, { length: Number(made[1]), mode: made[2], layers: made[3].slice(1).split("-").map(each => [...each].map(Number)) })
    } else if (choice && choice[2] < LONGEST) state[choice[1] === "y" ? "t" : "i"] = Number(choice[2])
  }
  new ResizeObserver(([entry]) => {
    const now = entry.contentRect.width
    if (Math.abs(now - width) < 1) return
    width = now
    update()
  }).observe(box)
  figure.dataset.live = "yes"
  width = box.clientWidth
  update()
  carry()
}
