// Receptive-field tower: stack layers, choose an output and see every cell that reaches it; choose an input and see
// where it goes. Beside it what the formula says, what the paths reach, and what gradients measured in torch.
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, longer, make, readAddress, roving, setAttribute,
  setText, settings, statement, unbroken,
} from "./kit.js"
import { added, field, lengths, reachedBy, seen, taps } from "./tower.js"

const NAME = "field-tower"
const MODES = ["none", "same", "causal"]
const LAYER = { K: [1, 4], d: [1, 8], s: [1, 3] }
const MOST = 5 // layers
const LONGEST = 32 // positions of the input
const [NARROWEST, WIDEST] = [12, 26] // pixels for one: the picture scrolls in its box sooner than that less can be seen
const BEYOND = 24 // positions of padding with room at either end: all there is without strides; a triangle stands for more
const [LEFT, TOP, FLOOR, FOOT] = [16, 16, 36, 26] // pixels: names of the levels, margin, from level to level, scale
const PATHS = ["own", "links", "cells", "added", "far", "used", "future", "holes", "chosen", "pin"]
const SVG = "http://www.w3.org/2000/svg"

export default function live(figure) {
  const { data, texts } = given(figure)
  // Chosen is the input `i`, or without one the output `t`.
  const of = preset => ({
    length: preset.length, mode: preset.mode, layers: preset.layers, t: preset.t, i: null, pinned: false,
  })
  const state = of(data.presets[0])
  let hovered = null // { t, i }, as far as it differs from the state
  const shown = () => (state.pinned ? state : { ...state, ...hovered })
  const set = changes => {
    Object.assign(state, changes)
    hovered = null
    update()
  }

  // ---- The elements.
  // What can be chosen in the picture can be chosen here too, with room for a finger; -1 is no input.
  const ranges = { L: [1, LONGEST], mode: [0, 2], t: [0, LONGEST - 1], i: [-1, LONGEST - 1] }
  const values = ({ length, mode, t, i }) => ({ L: length, mode: MODES.indexOf(mode), t, i: i ?? -1 })
  const named = { L: "L", mode: texts.padding, t: texts.output, i: texts.input }
  const main = settings(ranges, named, values(state), key => values(shown())[key], (key, to) => {
    if (key === "L") set({ length: to })
    else if (key === "mode") set({ mode: MODES[to] })
    else if (key === "t") set({ t: to, i: null })
    else set({ i: to < 0 ? null : to })
  })
  const floors = Array.from({ length: MOST }, (_, l) => {
    const keys = Object.keys(LAYER), named = all => Object.fromEntries(keys.map((key, at) => [key + (l + 1), all[at]]))
    const at = key => keys.indexOf(key[0])
    const start = named(data.presets[0].layers[l] ?? [3, 1, 1])
    const each = settings(named(Object.values(LAYER)), named(keys), start, key => state.layers[l][at(key)], (key, to) => {
      set({ layers: state.layers.map((layer, m) => (m === l ? layer.map((each, n) => (n === at(key) ? to : each)) : layer)) })
    })
    setAttribute(each.bar, "role", "group")
    setAttribute(each.bar, "aria-label", fill(texts.layer, { l: l + 1 }))
    each.bar.prepend(make("span", { class: "insync-label", "aria-hidden": "true" }, String(l + 1)))
    return each
  })
  const more = button(texts.more, () => set({ layers: [...state.layers, state.layers.at(-1)].slice(0, MOST) }))
  const fewer = button(texts.fewer, () => set({ layers: state.layers.slice(0, Math.max(1, state.layers.length - 1)) }))
  const presets = data.presets.map(preset => button(texts[preset.name], () => set(of(preset))))
  const reset = button(texts.reset, () => set(of(data.presets[0])))
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
  picture.append(...Object.values(paths), ...ticks)
  const margin = draw("svg", { "aria-hidden": "true", width: LEFT, "data-names": "" }) // stays where it is when the picture scrolls
  margin.append(...names)
  const strip = (which, label) => make("div", {
    role: "slider", tabindex: "-1", "data-strip": which, "aria-label": label, "aria-valuemin": "0",
  })
  const strips = { y: strip("y", texts.output), x: strip("x", texts.input) }
  const tower = make("div", { class: "insync-tower" }, margin, picture, strips.y, strips.x)
  const box = make("div", { class: "insync-part", "data-part": "tower" }, tower)
  const formula = make("p", { class: "insync-formula" })
  const numbers = ["formula", "paths", "measured"].map(key => {
    const amount = make("b"), label = make("span", {}, texts[`by_${key}`])
    return { key, amount, label, block: make("div", { "data-number": key }, amount, label) }
  })
  const sentence = statement()
  figure.querySelector("[data-part=presets]").hidden = true
  figure.append(
    make("div", { class: "insync-buttons" }, ...presets), main.bar,
    make("div", { class: "insync-layers" }, ...floors.map(each => each.bar)),
    make("div", { class: "insync-buttons" }, more, fewer),
    box, sentence.block, make("p", { class: "insync-legend" }, texts.legend), formula,
    make("div", { class: "insync-numbers" }, ...numbers.map(each => each.block)),
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
  const choice = (which, to) => {
    const at = Math.max(0, Math.min(last(which), to))
    return which === "y" ? { t: at, i: null } : { i: at }
  }
  const isChosen = ({ t = state.t, i }) => i === state.i && (i !== null || t === state.t)
  const pin = made => set({ ...made, pinned: !(state.pinned && isChosen(made)) })
  const under = ({ offsetX }, which) => {
    const jump = which === "y" ? field(state.layers).jump : 1
    return choice(which, Math.round(((offsetX - LEFT) / shape.pitch - 0.5 + shape.from) / jump))
  }
  for (const [which, element] of Object.entries(strips)) {
    element.addEventListener("click", event => pin(under(event, which)))
    element.addEventListener("pointermove", event => {
      const made = under(event, which)
      // A finger comes here only where the picture does not scroll, and has nowhere to go back to.
      if (event.pointerType !== "touch") { if (!state.pinned) hover(made) }
      else if (!isChosen(made)) set(made)
    })
  }
  const hover = made => {
    if (String(Object.entries(made ?? {})) === String(Object.entries(hovered ?? {}))) return
    hovered = made
    update()
  }
  tower.addEventListener("pointerleave", () => hover(null))
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { target, key } = event, which = target.dataset.strip
    const owner = [main, ...floors].find(each => each.controls.includes(target))
    if (owner?.press(event)) return event.preventDefault()
    if (which && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) {
      const from = which === "y" ? state.t : state.i ?? -1
      set(choice(which, { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last(which) }[key]))
    } else if (ARROWS.has(key)) {
      const to = stops.step(target, key)
      if (!to) return
      stops.focus(to)
    } else if (which && (key === "Enter" || key === " ")) pin(choice(which, which === "y" ? state.t : state.i ?? 0))
    else if (owner && (key === "Enter" || key === " ") && !strips.y.hidden) stops.focus(strips.y)
    else if (key === "Escape" && state.pinned) set({ pinned: false })
    else if (key === "Escape" && state.i !== null) set({ i: null })
    else if (key === "Escape" && target !== presets[0]) stops.focus(presets[0])
    else return
    event.preventDefault()
  })

  // ---- Drawing.
  let width = figure.clientWidth
  let shape = null // where things are in the picture, as drawn last
  const square = (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`
  const diamond = (x, y, r) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`
  const dot = (x, y) => `M${x - 2} ${y}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z`
  // A triangle that points out of the picture, to the left or to the right.
  const outwards = (x, y, r, to) => `M${x + to * r} ${y}l${-2 * to * r} ${-r}v${2 * r}z`
  const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`

  const update = () => {
    const { length, layers, mode } = state, { terms, sum, jump } = field(layers)
    const { all, refused } = lengths(state)
    if (!refused) state.t = Math.min(state.t, all.at(-1) - 1)
    if (state.i !== null) state.i = Math.min(state.i, length - 1)
    const { t, i } = shown(), back = !refused && i !== null
    const view = refused ? null : seen(state, all, t)
    const levels = refused ? [] : back ? reachedBy(state, all, i) : view.levels

    // Settings and buttons.
    main.show("L", String(length))
    main.show("mode", texts[mode])
    main.show("t", refused ? "–" : String(t), !!refused)
    main.show("i", refused || i === null ? "–" : String(i), !!refused)
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

    render(all, levels, refused, back, view)

    // Numbers.
    const own = terms.map(([kernel, dilation, strides]) => `(${kernel} − 1)·${dilation}·${strides}`)
    setText(formula, unbroken(`R = 1 + ${own.join(" + ")} = ${sum}`))
    const measured = data.measured[layers.flat().join("")]
    const amounts = {
      formula: String(sum),
      paths: refused ? "–" : String(view.inputs.length),
      measured: !measured ? "–" : measured[0] === measured[1] ? String(measured[0]) : fill(texts.of, { some: measured[1], all: measured[0] }),
    }
    for (const { key, amount, label } of numbers) {
      setText(amount, amounts[key])
      if (key === "paths") setText(label, fill(texts.by_paths, { t: refused ? "t" : t }))
      if (key === "measured") setText(label, measured ? texts.by_measured : texts.not_measured)
    }
    sentence.say(say(all, levels, view, refused, sum), refused)
    sentence.reserve(refused ? [] : longest(all))
    setText(code, program(all, view, refused))
    stops.refresh()
    remember()
    reveal() // last, for it asks where things are
  }

  const render = (all, levels, refused, back, view) => {
    const { layers, length } = state, { t, i: input } = shown(), deep = all.length - 1
    const jumps = [1]
    for (const [, , stride] of layers) jumps.push(jumps.at(-1) * stride)
    let least = 0, most = length - 1
    for (let l = 0; l < deep; l++) {
      const [left, right] = added(state, l)
      least = Math.min(least, -left * jumps[l])
      most = Math.max(most, (all[l] - 1 + right) * jumps[l])
    }
    // Where padding lies further out than there is room for, one column more has the triangles that say so.
    const from = Math.max(-BEYOND - 1, least), to = Math.min(length + BEYOND, most)
    const columns = to - from + 1
    const pitch = Math.max(NARROWEST, Math.min(WIDEST, (width - LEFT) / columns))
    const isFar = at => at < -BEYOND || at >= length + BEYOND
    const place = at => Math.round((LEFT + (Math.max(from, Math.min(to, at)) - from + 0.5) * pitch) * 10) / 10
    const x = (l, i) => place(i * jumps[l])
    const y = l => TOP + (deep - l) * FLOOR
    const r = Math.floor(Math.min(pitch - 1.5, 20) * 5) / 10
    const d = Object.fromEntries(PATHS.map(name => [name, ""]))
    const chosen = refused ? [] : back ? [0, input] : [deep, t]
    all.forEach((count, l) => {
      const used = new Set(levels[l])
      for (let i = 0; i < count; i++) {
        const at = [x(l, i), y(l), r]
        if (!used.has(i)) d.cells += square(...at)
        else if (chosen[0] === l && chosen[1] === i) {
          d.chosen = square(at[0], at[1], r + 1)
          if (state.pinned) d.pin = dot(at[0], at[1])
        }
        else if (l === 0 && i > view.own) d.future += diamond(at[0], at[1], r + 0.5)
        else d.used += square(...at)
      }
      const ends = [...used].filter(i => i < 0 || i >= count)
      for (const i of ends) if (!isFar(i * jumps[l])) d.added += square(x(l, i), y(l), r - 0.5)
      for (const side of [-1, 1])
        if (ends.some(i => i * side > 0 && isFar(i * jumps[l]))) d.far += outwards(side < 0 ? place(from) : place(to), y(l), r - 1, side)
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
    for (const element of [picture, margin]) setAttribute(element, "height", String(high))
    setAttribute(tower, "style", `width: ${wide}px; height: ${high}px`)
    setAttribute(tower, "data-wide", wide > width ? "" : null)
    const used = levels.flatMap((level, l) => level.map(i => x(l, i)))
    shape = { pitch, from, wide, used, chosen: refused ? null : x(...chosen) }
    strips.y.hidden = strips.x.hidden = !!refused
    const marks = {
      y: [String(all.at(-1) - 1), String(t), `y[${t}]`],
      x: [String(length - 1), String(input ?? 0), input === null ? texts.nothing : `x[${input}]`],
    }
    for (const which of ["y", "x"]) {
      setAttribute(strips[which], "aria-valuemax", marks[which][0])
      setAttribute(strips[which], "aria-valuenow", marks[which][1])
      setAttribute(strips[which], "aria-valuetext", marks[which][2])
    }
  }

  // Scrolls the box when the chosen cell is out of sight: to the middle of its paths, or as near to that as it can be seen.
  const reveal = () => {
    const { wide, chosen, used } = shape
    if (wide <= width || chosen === null) return
    const near = 2 * NARROWEST, [least, most] = [chosen - width + near, chosen - near - LEFT]
    if (box.scrollLeft >= least && box.scrollLeft <= most) return
    const middle = (Math.min(...used) + Math.max(...used) + LEFT - width) / 2
    box.scrollLeft = Math.min(most, Math.max(least, middle))
  }

  // ---- In words.
  const say = (all, levels, view, refused, sum) => {
    if (refused) {
      const words = fill(data.refusals[refused.reason], refused.values)
      return fill(texts.say_refused, { l: refused.layer, words, all: sum })
    }
    const { t, i, pinned } = shown(), { inputs, holes, own, future, ends } = view
    const parts = pinned ? [texts.say_pinned] : []
    const to = list => (list.length === 1 ? list[0] : fill(texts.range, { first: list[0], last: list.at(-1) }))
    if (i !== null) {
      const hit = levels.at(-1), list = to(hit.map(each => `y[${each}]`))
      parts.unshift(hit.length ? fill(texts.say_input, { i, count: hit.length, all: all.at(-1), list }) : fill(texts.say_nowhere, { i }))
    } else if (!inputs.length) parts.unshift(fill(texts.say_padding, { t }))
    else {
      if (ends) parts.unshift(fill(texts.say_ends, { count: ends }))
      parts.unshift(
        fill(texts.say_output, { t, count: inputs.length, all: all[0], list: to(inputs.map(each => `x[${each}]`)) }),
        holes.length ? fill(texts.say_holes, { count: holes.length }) : texts.say_no_holes,
        future.length ? fill(texts.say_future, { own, count: future.length }) : fill(texts.say_past, { own }),
      )
    }
    return parts.join(texts.between)
  }

  // The longest sentences that these settings can bring, with the largest numbers in all places.
  const longest = all => {
    const { length, mode, layers } = state, t = all.at(-1) - 1, own = t * field(layers).jump
    const list = fill(texts.range, { first: `x[${length - 1}]`, last: `x[${length - 1}]` })
    const between = longer(texts.say_no_holes, fill(texts.say_holes, { count: length }))
    const later = longer(fill(texts.say_past, { own }), fill(texts.say_future, { own, count: length }))
    const output = [
      fill(texts.say_output, { t, count: length, all: length, list }), between, later,
      ...(mode === "none" ? [] : [fill(texts.say_ends, { count: length })]), texts.say_pinned,
    ]
    const input = [fill(texts.say_input, { i: length - 1, count: t + 1, all: t + 1, list }), texts.say_pinned]
    return [output, input].map(parts => parts.join(texts.between))
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
      `y[0, 0, ${shown().t}].backward()`,
      "reads = x.grad[0, 0].nonzero().flatten().tolist()",
      `print(len(reads), reads)${refused ? "" : `  # ${view.inputs.length}`}`,
    ].join("\n")
  }

  // ---- The address: length-mode-layers and the choice, such as 20-none-311-311_y-6.
  const words = () => [
    [state.length, state.mode, ...state.layers.map(layer => layer.join(""))].join("-"),
    (state.i === null ? `y-${state.t}` : `x-${state.i}`) + (state.pinned ? "_pinned" : ""),
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
    } else if (word === "pinned") state.pinned = true
    else if (choice && choice[2] < LONGEST) state[choice[1] === "y" ? "t" : "i"] = Number(choice[2])
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
  // The tab key comes to the picture first, so that no part that scrolls is out of the keyboard's reach.
  if (!strips.y.hidden) stops.stop(strips.y)
  carry()
}
