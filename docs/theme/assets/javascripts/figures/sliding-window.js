// Thirteen numbers, one output: choose an output and see what it is made of; choose a number and see where it goes.
import { ARROWS, choosing, keyOf, roving, watchKeys, watchPointer } from "./choice.js"
import {
  addressWriter, begin, button, buttons, fill, given, make, number, setAttribute, setText, statement, text,
} from "./kit.js"
import { drawKernel, mountKernel } from "./sliding-window/kernel.js"
import { indices, ledger, marksOf, sizesOf, title, usersOf } from "./sliding-window/numbers.js"
import {
  decimalsAt, drawCells, drawSteps, drawUses, mountCells, mountSteps, mountUses,
} from "./sliding-window/tables.js"

const NAME = "sliding-window"
const PACE = 1200 // milliseconds for an output while it plays
const LIMIT = 1 // of a changed number, either way
const STEP = 0.1
const START = { chosen: "y-0-0", pinned: false }

// The longest sentences that there can be, of an output and of an input: all numbers have as many digits.
const longest = ({ x, weight }, texts) => {
  const value = number(-LIMIT), name = "y[0, 0, 0]", kernel = weight[0][0].length, uses = kernel * weight.length
  const output = { name, count: x.length * kernel, channels: x.length, sums: x.map(() => value).join(texts.comma), sum: value, bias: value, value }
  const input = { name, value, count: uses, all: uses, list: Array(uses).fill(name).join(texts.comma) }
  return [fill(texts.say_forgot, output), fill(texts.say_input, input)]
}

// What is shown, and what can be done with the numbers in `book` and their choice; `update` draws, after each change.
const modelOf = (book, update) => {
  const base = choosing({ ...START, playing: 0 }, update, ({ pinned, playing }) => pinned || playing), { state } = base
  const model = {
    ...base,
    output: START.chosen, // chosen last, to come back to
    choose: (key, changes) => {
      if (key[0] === "y") model.output = key
      base.choose(key, changes)
    },
    change: (key, to) => {
      if (key[0] === "y") return
      book.change(key, Math.round(Math.min(LIMIT, Math.max(-LIMIT, to)) * 100) / 100)
      base.set({ chosen: key })
    },
    restore: key => {
      if (book.restore(key)) update()
    },
    forget: () => {
      book.forget(book.bias)
      update()
    },
    reset: () => {
      book.reset()
      base.choose(START.chosen, START)
    },
    stop: () => {
      clearInterval(state.playing)
      base.set({ playing: 0 })
    },
    tap: key => {
      if (state.playing) model.stop()
      model.choose(key, { pinned: !(state.pinned && state.chosen === key) })
    },
  }
  return model
}

// The outputs one after the other, as long as somebody may see it; `follow` is told of each.
const play = (model, { places, all }, figure, follow) => {
  const playing = setInterval(() => {
    if (!figure.isConnected) return model.stop()
    const [o, t] = indices(model.output)
    const at = (o * places + t + 1) % all
    model.choose(`y-${Math.floor(at / places)}-${at % places}`)
    follow(model.state.chosen)
  }, PACE)
  if (model.state.chosen === model.output) model.set({ playing })
  else model.choose(model.output, { playing })
}

// ---- Buttons, and the slider for a number that can be changed.

const mountButtons = (texts, model, start) => {
  const { state, set, stop, forget, reset } = model
  return {
    play: button(texts.play, () => (state.playing ? stop() : start())),
    forget: button(texts.forget, forget),
    pin: button(texts.pin, () => {
      stop()
      set({ pinned: !state.pinned })
    }),
    reset: button(texts.reset, () => {
      stop()
      reset()
    }),
  }
}

const drawButtons = ({ play, forget, pin }, { playing, pinned }, book, texts) => {
  setText(play, playing ? texts.pause : texts.play)
  setAttribute(play, "data-on", playing ? "" : null)
  setAttribute(forget, "aria-pressed", String(!book.bias))
  setAttribute(pin, "aria-pressed", String(pinned))
}

const mountEditor = (texts, { change, shown }) => {
  const slider = make("input", { type: "range", min: -LIMIT, max: LIMIT, step: 0.01, tabindex: "-1" })
  // They have their room before there is anything to say.
  const label = make("span", { "aria-hidden": "true" }, fill(texts.change, { name: "w[0, 0, 0]" }))
  const amount = make("span", { "aria-hidden": "true" }, number(-LIMIT))
  const hint = make("span", {}, texts.choose_to_change)
  slider.addEventListener("input", () => change(shown(), Number(slider.value)))
  const controls = make("div", {}, label, slider, amount)
  return { slider, controls, label, amount, hint, block: make("div", { class: "insync-editor" }, hint, controls) }
}

const drawEditor = ({ slider, controls, label, amount, hint }, key, book, texts) => {
  const fixed = key[0] === "y"
  hint.hidden = !fixed
  slider.hidden = controls.hidden = fixed
  if (fixed) return
  const value = book.value(key)
  setText(label, fill(texts.change, { name: title(key) }))
  setAttribute(slider, "aria-label", fill(texts.change_label, { name: title(key) }))
  setAttribute(slider, "aria-valuetext", number(value))
  slider.value = value
  setText(amount, number(value))
}

// ---- Keys.

const keysOf = (model, book, { cells, slider, stops, start }) => {
  const { state, set, shown, choose, stop } = model
  const step = ({ target, key }) => {
    const along = target === slider && !["ArrowUp", "ArrowDown"].includes(key)
    const to = along ? null : stops.step(target, key)
    if (!to) return false
    if (state.playing && to.dataset.key) stop()
    stops.focus(to) // before anything is drawn: the browser lays out what has changed to see if it can have the focus
    if (to.dataset.key) choose(to.dataset.key)
    return true
  }
  const leave = () => {
    if (state.playing) stop()
    else if (state.pinned) set({ pinned: false })
    else if (state.chosen !== model.output) {
      choose(model.output)
      stops.focus(cells.get(model.output).cell)
    } else return false
    return true
  }
  const pin = key => {
    if (state.playing) stop()
    choose(key, { pinned: !state.pinned })
  }
  const change = by => {
    const key = shown()
    if (key[0] !== "y") model.change(key, book.value(key) + by)
  }
  return event => {
    const own = keyOf(event), { key } = event
    if (ARROWS.has(key)) return step(event)
    if (key === "Escape") return leave()
    if (key === "Enter" && own) pin(own)
    else if (key === " " && own) state.playing ? stop() : start()
    else if (["+", "="].includes(key)) change(STEP)
    else if (["-", "_", "−"].includes(key)) change(-STEP)
    else if (["Backspace", "Delete"].includes(key)) model.restore(shown())
    else return false
    return true
  }
}

// Calls when the figure has become so wide or so narrow that numbers have other decimals.
const watchWidth = (figure, decimals, update) => new ResizeObserver(([entry]) => {
  const now = decimalsAt(entry.contentRect.width)
  if (decimals.x === now.x && decimals.y === now.y) return
  Object.assign(decimals, now)
  update()
}).observe(figure)

// ---- The address: what is chosen, what was switched, what was changed.

const wordsOf = ({ chosen, pinned }, book) => [
  ...(chosen === START.chosen && !pinned ? [] : [chosen]),
  ...(pinned ? ["pinned"] : []),
  ...(book.bias ? [] : ["nobias"]),
  ...[...book.changed].map(([key, changed]) => `${key}*${changed}`),
]

const takeUp = (word, model, book, cells) => {
  const { state } = model, [key, amount] = word.split("*")
  if (word === "pinned") state.pinned = true
  else if (word === "nobias") book.forget(true)
  else if (!cells.has(key)) return // an address that someone has mistyped
  else if (amount === undefined) {
    state.chosen = key
    if (key[0] === "y") model.output = key
  } else if (key[0] !== "y" && Math.abs(Number(amount)) <= LIMIT && amount !== "") book.change(key, Number(amount))
}

// ---- The figure.

export default function live(figure) {
  const { data, texts } = given(figure)
  const sizes = sizesOf(data), { all } = sizes, book = ledger(data), decimals = decimalsAt(Infinity)
  const part = name => figure.querySelector(`[data-part=${name}]`)
  const model = modelOf(book, () => update()), { state } = model
  // The tab stop goes along, and so does the focus when it is on a cell.
  const follow = key => {
    const isThere = document.activeElement?.dataset.key && figure.contains(document.activeElement)
    stops[isThere ? "focus" : "stop"](cells.get(key).cell)
  }
  const start = () => play(model, sizes, figure, follow)

  const { cells, rows } = mountCells(part, sizes), kernel = mountKernel(part, sizes)
  const steps = mountSteps(part, sizes), uses = mountUses(part, Math.max(sizes.places, sizes.kernel * sizes.outputs))
  const actions = mountButtons(texts, model, start), editor = mountEditor(texts, model), { slider } = editor
  const sentence = statement(), line = Object.values(actions)
  part("y").after(editor.block)
  part("x").after(sentence.block, buttons(...line)) // outputs, inputs and what is said of them together on a phone
  figure.append(text("keys", texts.keys))
  const ends = [fill(texts.say_changed, { count: all, all }), texts.say_pinned]
  sentence.reserve(longest(data, texts).map(most => [most, ...ends].join(texts.between)))
  // From the outputs upwards to the buttons, which stand below: what is chosen then stays.
  const stops = roving(
    figure, () => [line, ...rows.y, ...(slider.hidden ? [] : [[slider]]), ...rows.x, ...rows.w],
    element => element.dataset.key?.[0] === "y",
  )
  const writeAddress = addressWriter(NAME)

  const update = () => {
    const key = model.shown(), isOutput = key[0] === "y", used = usersOf(key, sizes)
    const marked = marksOf(key, used, sizes, book.bias)
    const moved = drawCells(cells, { key, pinned: state.pinned, book, original: data.y, used, marked, decimals })
    drawKernel(kernel, key, book, decimals, texts)
    steps.table.hidden = !isOutput
    uses.table.hidden = isOutput
    const said = isOutput ? drawSteps(steps, key, book, texts) : drawUses(uses, key, used, all, book, texts)
    const changed = moved ? [fill(texts.say_changed, { count: moved, all })] : []
    setAttribute(sentence.element, "aria-live", state.playing ? "off" : "polite")
    sentence.say([said, ...changed, ...(state.pinned ? [texts.say_pinned] : [])].join(texts.between))
    drawButtons(actions, state, book, texts)
    drawEditor(editor, key, book, texts)
    stops.refresh()
    if (!figure.contains(document.activeElement)) stops.stop(cells.get(state.chosen).cell)
    writeAddress(wordsOf(state, book))
  }

  watchPointer(figure, model)
  watchKeys(figure, keysOf(model, book, { cells, slider, stops, start }))
  watchWidth(figure, decimals, update)
  begin(figure, NAME, word => takeUp(word, model, book, cells), update)
}
