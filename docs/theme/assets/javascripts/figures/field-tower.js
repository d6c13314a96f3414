// Receptive-field tower: stack layers, choose an output and see every cell that reaches it; choose an input and see
// where it goes. Beside it what the formula says, what the paths reach, and what gradients measured in torch.
import { ARROWS, roving, watchKeys } from "./choice.js"
import { drawPicture, LONGEST, MOST, mountPicture, positionAt, reveal } from "./field-tower/picture.js"
import { amountsOf, formulaOf, longest, program, say } from "./field-tower/words.js"
import {
  addressWriter, begin, button, buttons, fill, given, listing, make, setAttribute, settings, setText, statement, text,
} from "./kit.js"
import { field, lengths, reachedBy, seen } from "./tower.js"

const NAME = "field-tower"
const MODES = ["none", "same", "causal"]
const LAYER = { K: [1, 4], d: [1, 8], s: [1, 3] }
const PARTS = Object.keys(LAYER)
// What can be chosen in the picture can be chosen here too, with room for a finger; -1 is no input.
const RANGES = { L: [1, LONGEST], mode: [0, 2], t: [0, LONGEST - 1], i: [-1, LONGEST - 1] }

// A preset as a state. Chosen is the input `i`, or without one the output `t`.
const stateOf = ({ length, mode, layers, t }) => ({ length, mode, layers, t, i: null, pinned: false })

// What is set and chosen; `update` draws, after each change. Hovered is { t, i }, as far as it differs from the state.
const modelOf = (start, update) => {
  const state = stateOf(start)
  let hovered = null
  const set = changes => {
    Object.assign(state, changes)
    hovered = null
    update()
  }
  const isChosen = ({ t = state.t, i }) => i === state.i && (i !== null || t === state.t)
  return {
    state,
    set,
    isChosen,
    shown: () => (state.pinned ? state : { ...state, ...hovered }),
    pin: made => set({ ...made, pinned: !(state.pinned && isChosen(made)) }),
    hover: made => {
      if (String(Object.entries(made ?? {})) === String(Object.entries(hovered ?? {}))) return
      hovered = made
      update()
    },
    // What a strip chooses at a place on it, or at the end that is nearer.
    choice: (which, to) => {
      const last = which === "y" ? lengths(state).all.at(-1) - 1 : state.length - 1
      const at = Math.max(0, Math.min(last, to))
      return which === "y" ? { t: at, i: null } : { i: at }
    },
  }
}

// All that follows from the state: the lengths of the levels, why torch refuses, the cells of each level that are used.
const sceneOf = ({ state, shown }) => {
  const { all, refused } = lengths(state)
  if (!refused) state.t = Math.min(state.t, all.at(-1) - 1)
  if (state.i !== null) state.i = Math.min(state.i, state.length - 1)
  const now = shown(), back = !refused && now.i !== null
  const view = refused ? null : seen(state, all, now.t)
  const levels = refused ? [] : back ? reachedBy(state, all, now.i) : view.levels
  return { ...now, all, refused, back, view, levels }
}

// ---- What can be set: presets, the input, each layer.

const valuesOf = ({ length, mode, t, i }) => ({ L: length, mode: MODES.indexOf(mode), t, i: i ?? -1 })

const mountMain = (model, texts) => {
  const names = { L: "L", mode: texts.padding, t: texts.output, i: texts.input }
  return settings(RANGES, names, valuesOf(model.state), key => valuesOf(model.shown())[key], (key, to) => {
    if (key === "L") model.set({ length: to })
    else if (key === "mode") model.set({ mode: MODES[to] })
    else if (key === "t") model.set({ t: to, i: null })
    else model.set({ i: to < 0 ? null : to })
  })
}

// The settings of layer l, which are called K1, d1, s1 in the first one.
const mountFloor = (model, first, texts, l) => {
  const named = all => Object.fromEntries(PARTS.map((key, at) => [key + (l + 1), all[at]]))
  const at = key => PARTS.indexOf(key[0])
  const start = named(first.layers[l] ?? [3, 1, 1])
  const value = key => model.state.layers[l][at(key)]
  const floor = settings(named(Object.values(LAYER)), named(PARTS), start, value, (key, to) => {
    const changed = model.state.layers[l].map((each, n) => (n === at(key) ? to : each))
    model.set({ layers: model.state.layers.map((layer, m) => (m === l ? changed : layer)) })
  })
  setAttribute(floor.bar, "role", "group")
  setAttribute(floor.bar, "aria-label", fill(texts.layer, { l: l + 1 }))
  floor.bar.prepend(make("span", { class: "insync-label", "aria-hidden": "true" }, String(l + 1)))
  return floor
}

const mountControls = (model, { presets }, texts) => {
  const { state, set } = model
  return {
    main: mountMain(model, texts),
    floors: Array.from({ length: MOST }, (_, l) => mountFloor(model, presets[0], texts, l)),
    more: button(texts.more, () => set({ layers: [...state.layers, state.layers.at(-1)].slice(0, MOST) })),
    fewer: button(texts.fewer, () => set({ layers: state.layers.slice(0, Math.max(1, state.layers.length - 1)) })),
    presets: presets.map(preset => button(texts[preset.name], () => set(stateOf(preset)))),
    reset: button(texts.reset, () => set(stateOf(presets[0]))),
  }
}

const drawControls = (controls, scene, data, texts) => {
  const { length, mode, layers, t, i, refused } = scene, { main, floors, more, fewer, presets } = controls
  main.show("L", String(length))
  main.show("mode", texts[mode])
  main.show("t", refused ? "–" : String(t), !!refused)
  main.show("i", refused || i === null ? "–" : String(i), !!refused)
  floors.forEach(({ bar, show }, l) => {
    bar.hidden = l >= layers.length
    if (!bar.hidden) for (const [at, key] of PARTS.entries()) show(key + (l + 1), String(layers[l][at]))
  })
  setAttribute(more, "aria-disabled", layers.length < MOST ? null : "true")
  setAttribute(fewer, "aria-disabled", layers.length > 1 ? null : "true")
  data.presets.forEach((preset, at) => {
    const same = preset.length === length && preset.mode === mode && String(preset.layers) === String(layers)
    setAttribute(presets[at], "aria-pressed", String(same))
  })
}

// ---- Pointers and keys.

const watchPointer = (picture, model) => {
  const { state } = model
  const under = ({ offsetX }, which) => {
    const jump = which === "y" ? field(state.layers).jump : 1
    return model.choice(which, Math.round(positionAt(picture, offsetX) / jump))
  }
  for (const [which, element] of Object.entries(picture.strips)) {
    element.addEventListener("click", event => model.pin(under(event, which)))
    element.addEventListener("pointermove", event => {
      const made = under(event, which)
      // A finger comes here only where the picture does not scroll, and has nowhere to go back to.
      if (event.pointerType === "touch") {
        if (!model.isChosen(made)) model.set(made)
      } else if (!state.pinned) model.hover(made)
    })
  }
  picture.tower.addEventListener("pointerleave", () => model.hover(null))
}

const keysOf = ({ state, set, choice, pin }, { main, floors, presets }, { y }, stops) => {
  const slide = (which, key) => {
    const from = which === "y" ? state.t : state.i ?? -1
    set(choice(which, { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: Infinity }[key]))
  }
  const step = (target, key) => {
    const to = stops.step(target, key)
    if (to) stops.focus(to)
    return !!to
  }
  const leave = target => {
    if (state.pinned) set({ pinned: false })
    else if (state.i !== null) set({ i: null })
    else if (target !== presets[0]) stops.focus(presets[0])
    else return false
    return true
  }
  return (event, accepts) => {
    const { target, key } = event, which = target.dataset.strip
    const owner = [main, ...floors].find(each => each.controls.includes(target))
    if (owner?.press(event)) return true
    if (which && ["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) slide(which, key)
    else if (ARROWS.has(key)) return step(target, key)
    else if (key === "Escape") return leave(target)
    else if (which && accepts) pin(choice(which, which === "y" ? state.t : state.i ?? 0))
    else if (owner && accepts && !y.hidden) stops.focus(y)
    else return false
    return true
  }
}

// ---- The address: length-mode-layers and the choice, such as 20-none-311-311_y-6.

const wordsOf = ({ length, mode, layers, t, i, pinned }) => [
  [length, mode, ...layers.map(layer => layer.join(""))].join("-"),
  (i === null ? `y-${t}` : `x-${i}`) + (pinned ? "_pinned" : ""),
]

// Without what the figure starts with anyhow.
const shortened = (words, plain) => (words[0] !== plain[0] ? words : words[1] !== plain[1] ? [words[1]] : [])

const takeUp = (word, state) => {
  const made = /^(\d{1,2})-(none|same|causal)((?:-[1-4][1-8][1-3]){1,5})$/.exec(word)
  const choice = /^([xy])-(\d{1,2})$/.exec(word)
  if (made && made[1] >= 1 && made[1] <= LONGEST) {
    const layers = made[3].slice(1).split("-").map(each => [...each].map(Number))
    Object.assign(state, { length: Number(made[1]), mode: made[2], layers })
  } else if (word === "pinned") state.pinned = true
  else if (choice && choice[2] < LONGEST) state[choice[1] === "y" ? "t" : "i"] = Number(choice[2])
}

// ---- The figure.

const mountNumbers = () => Object.fromEntries(["formula", "paths", "measured"].map(key => {
  const amount = make("b"), label = make("span")
  return [key, { amount, label, block: make("div", { "data-number": key }, amount, label) }]
}))

const mountStops = (figure, state, controls, { strips }, copy) => {
  const { presets, main, floors, more, fewer, reset } = controls
  const rows = () => [
    ...(strips.y.hidden ? [] : [[strips.y], [strips.x]]),
    presets, main.controls, ...floors.slice(0, state.layers.length).map(each => each.controls), [more, fewer], [copy, reset],
  ]
  return roving(figure, rows, element => !element.dataset.strip)
}

export default function live(figure) {
  const { data, texts } = given(figure)
  const model = modelOf(data.presets[0], () => update()), { state } = model
  const controls = mountControls(model, data, texts), picture = mountPicture(texts)
  const formula = text("formula"), numbers = mountNumbers(), sentence = statement(), { code, copy, block } = listing(texts)
  figure.querySelector("[data-part=presets]").hidden = true
  figure.append(
    picture.box, sentence.block, buttons(...controls.presets), controls.main.bar,
    make("div", { class: "insync-layers" }, ...controls.floors.map(each => each.bar)), buttons(controls.more, controls.fewer),
    text("legend", texts.legend), formula,
    make("div", { class: "insync-numbers" }, ...Object.values(numbers).map(each => each.block)),
    block, buttons(copy, controls.reset), text("keys", texts.keys),
  )
  const stops = mountStops(figure, state, controls, picture, copy)
  const writeAddress = addressWriter(NAME), plain = wordsOf(state)
  let width = 0

  const update = () => {
    const scene = sceneOf(model)
    width ||= picture.box.clientWidth // which it has once the figure is live
    drawControls(controls, scene, data, texts)
    drawPicture(picture, scene, texts, width)
    setText(formula, formulaOf(scene))
    for (const [key, [amount, label]] of Object.entries(amountsOf(scene, data, texts))) {
      setText(numbers[key].amount, amount)
      setText(numbers[key].label, label)
    }
    sentence.say(say(scene, data, texts), scene.refused)
    sentence.reserve(scene.refused ? [] : longest(scene, texts))
    setText(code, program(scene))
    stops.refresh()
    writeAddress(shortened(wordsOf(state), plain))
    reveal(picture) // last, for it asks where things are
  }

  watchPointer(picture, model)
  watchKeys(figure, keysOf(model, controls, picture.strips, stops))
  begin(figure, NAME, word => takeUp(word, state), update)
  new ResizeObserver(([entry]) => {
    const now = entry.contentRect.width
    if (Math.abs(now - width) < 1) return
    width = now
    update()
  }).observe(picture.box)
  // The tab key comes to the picture first, so that no part that scrolls is out of the keyboard's reach.
  if (!picture.strips.y.hidden) stops.stop(picture.strips.y)
}
