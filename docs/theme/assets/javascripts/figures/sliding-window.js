// Thirteen numbers, one output: choose an output and see what it is made of; choose a number and see where it goes.
import { conv1d } from "./conv.js"
import {
  ARROWS, addressWriter, button, carry, fill, given, make, number, readAddress, roving, setAttribute, setText, statement,
  unbroken,
} from "./kit.js"

const NAME = "sliding-window"
const PACE = 1200 // milliseconds for an output while it plays
const LIMIT = 1 // of a changed number, either way
const STEP = 0.1
const NARROW = 560 // pixels, below which four decimals do not fit in every table
const NARROWEST = 300

// The longest sentences that there can be, of an output and of an input: all numbers have as many digits.
const longest = ({ x, weight }, texts) => {
  const value = number(-LIMIT), name = "y[0, 0, 0]", kernel = weight[0][0].length, uses = kernel * weight.length
  const output = { name, count: x.length * kernel, channels: x.length, sums: x.map(() => value).join(", "), sum: value, bias: value, value }
  const input = { name, value, count: uses, all: uses, list: Array(uses).fill(name).join(", ") }
  return [fill(texts.say_forgot, output), fill(texts.say_input, input)]
}

export default function live(figure) {
  const { data, texts } = given(figure)
  const torch = { x: data.x, w: data.weight, b: data.bias }
  const [channels, kernel, places] = [data.x.length, data.weight[0][0].length, data.y[0].length]
  const part = name => figure.querySelector(`[data-part=${name}]`)

  // ---- What is shown: a cell is a key such as y-0-2, x-1-4, w-0-2-3, b-1.
  const state = { chosen: "y-0-0", pinned: false, bias: true, changed: new Map() }
  let hovered = null
  let timer = 0
  let output = "y-0-0" // chosen last, to come back to

  const indices = key => key.split("-").slice(1).map(Number)
  const title = key => {
    const at = indices(key)
    return key[0] === "y" || key[0] === "x" ? `${key[0]}[0, ${at.join(", ")}]` : `${key[0]}[${at.join(", ")}]`
  }
  const original = key => indices(key).reduce((block, index) => block[index], torch[key[0]])
  const value = key => state.changed.get(key) ?? original(key)
  const shown = () => (state.pinned || timer ? state.chosen : hovered ?? state.chosen)

  let known = null // the numbers and what follows from them, until one of them changes
  const numbers = () => (known ??= compute())
  const compute = () => {
    const { x, w, b } = structuredClone(torch)
    for (const [key, changed] of state.changed) {
      const at = indices(key), last = at.pop()
      at.reduce((block, index) => block[index], { x, w, b }[key[0]])[last] = changed
    }
    return { x, w, b, y: conv1d(x, w, state.bias ? b : null) }
  }

  // ---- The tables become grids; their cells are what they were, with room for a note.
  const cells = new Map()
  const rows = { y: [], x: [], w: [] }
  const adopt = (cell, key) => {
    cell.dataset.key = key
    cell.tabIndex = -1
    const digits = make("span", { class: "insync-digits" }), note = make("small")
    cell.replaceChildren(digits, note)
    cells.set(key, { cell, digits, note })
    return cell
  }
  for (const name of ["y", "x", "w"]) {
    const table = part(name).querySelector("table")
    table.setAttribute("role", "grid")
    const lines = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll("td")])
    rows[name] = lines.map((line, first) => line.map((cell, second) => {
      if (name !== "w") return adopt(cell, `${name}-${first}-${second}`)
      if (first === channels) return adopt(cell, `b-${second}`)
      return adopt(cell, `w-${Math.floor(second / kernel)}-${first}-${second % kernel}`)
    }))
  }
  const steps = part("steps").querySelector("table")
  const products = [...steps.tBodies[0].rows].slice(0, channels).map(row => {
    const found = [...row.querySelectorAll("td")]
    return { taps: found.slice(0, kernel).map(cell => [...cell.children]), sum: found[kernel] }
  })
  const [total, bias, result] = [...steps.tBodies[0].rows].slice(channels).map(row => [...row.children])

  const uses = make("table", { class: "insync-table", hidden: "" }, make("caption"), make("tbody"))
  part("steps").append(uses)
  const most = Math.max(places, kernel * data.weight.length)
  const lines = Array.from({ length: most }, () => {
    const line = [make("th", { scope: "row" }), make("td"), make("td"), make("td")]
    uses.tBodies[0].append(make("tr", {}, ...line))
    return line
  })

  // ---- Buttons, the slider, and the sentence that says it all.
  const play = button(texts.play, () => (timer ? stop() : start()))
  const forget = button(texts.forget, () => { state.bias = !state.bias; known = null; update() })
  const pin = button(texts.pin, () => { stop(); state.pinned = !state.pinned; update() })
  const reset = button(texts.reset, () => {
    stop()
    Object.assign(state, { chosen: "y-0-0", pinned: false, bias: true, changed: new Map() })
    hovered = known = null
    update()
  })
  const buttons = [play, forget, pin, reset]
  const slider = make("input", { type: "range", min: -LIMIT, max: LIMIT, step: 0.01, tabindex: "-1" })
  const label = make("span", { "aria-hidden": "true" }), amount = make("span", { "aria-hidden": "true" })
  const hint = make("span", {}, texts.choose_to_change)
  const editor = make("div", { class: "insync-editor" }, hint, label, slider, amount)
  const sentence = statement()
  const keys = make("p", { class: "insync-keys" }, texts.keys)
  figure.querySelector("figcaption").after(make("div", { class: "insync-buttons" }, ...buttons))
  part("y").after(sentence.block, editor)
  const ends = [fill(texts.say_changed, { count: data.y.length * places, all: data.y.length * places }), texts.say_pinned]
  sentence.reserve(longest(data, texts).map(text => [text, ...ends].join(texts.between)))
  figure.append(keys)
  slider.addEventListener("input", () => change(shown(), Number(slider.value)))

  const stops = roving(
    figure,
    () => [buttons, ...rows.y, ...(slider.hidden ? [] : [[slider]]), ...rows.x, ...rows.w],
    element => element.dataset.key?.[0] === "y",
  )

  // ---- What can be done.
  const choose = key => {
    state.chosen = key
    hovered = null
    if (key[0] === "y") output = key
    update()
  }
  const change = (key, to) => {
    if (key[0] === "y") return
    state.chosen = key
    const rounded = Math.round(Math.min(LIMIT, Math.max(-LIMIT, to)) * 100) / 100
    state.changed.set(key, rounded)
    known = null
    update()
  }
  const restore = key => {
    if (!state.changed.delete(key)) return
    known = null
    update()
  }
  const next = () => {
    if (!figure.isConnected) return stop()
    const [o, t] = indices(output)
    const at = (o * places + t + 1) % (data.y.length * places)
    choose(`y-${Math.floor(at / places)}-${at % places}`)
    // The stop goes along, and so does the focus when it is on a cell.
    const { cell } = cells.get(state.chosen)
    if (document.activeElement?.dataset.key && figure.contains(document.activeElement)) stops.focus(cell)
    else stops.stop(cell)
  }
  const start = () => {
    timer = setInterval(next, PACE)
    if (state.chosen !== output) choose(output)
    update()
  }
  const stop = () => {
    clearInterval(timer)
    timer = 0
    update()
  }

  const keyOf = target => target.closest?.("[data-key]")?.dataset.key
  figure.addEventListener("click", event => {
    const key = keyOf(event.target)
    if (!key) return
    if (timer) stop()
    if (state.pinned && state.chosen === key) state.pinned = false
    else state.pinned = true
    choose(key)
  })
  figure.addEventListener("pointerover", event => {
    if (event.pointerType === "touch" || state.pinned || timer) return
    const key = keyOf(event.target)
    if (key && key !== hovered) {
      hovered = key
      update()
    }
  })
  figure.addEventListener("pointerleave", () => {
    if (hovered === null) return
    hovered = null
    update()
  })
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const key = keyOf(event.target)
    if (ARROWS.has(event.key)) {
      const along = event.target === slider && !["ArrowUp", "ArrowDown"].includes(event.key)
      const to = along ? null : stops.step(event.target, event.key)
      if (!to) return
      if (timer && to.dataset.key) stop()
      stops.focus(to) // before anything is drawn: the browser lays out what has changed to see if it can have the focus
      if (to.dataset.key) choose(to.dataset.key)
    } else if (event.key === "Escape") {
      if (timer) stop()
      else if (state.pinned) { state.pinned = false; update() }
      else if (state.chosen !== output) { choose(output); stops.focus(cells.get(output).cell) }
      else return
    } else if (event.key === "Enter" && key) {
      if (timer) stop()
      state.pinned = !state.pinned
      choose(key)
    } else if (event.key === " " && key) timer ? stop() : start()
    else if (["+", "="].includes(event.key)) change(shown(), value(shown()) + STEP)
    else if (["-", "_", "−"].includes(event.key)) change(shown(), value(shown()) - STEP)
    else if (["Backspace", "Delete"].includes(event.key)) restore(shown())
    else return
    event.preventDefault()
  })

  // ---- Drawing: what follows from the state, written where it differs from what stands there.
  let width = Infinity
  const decimals = { y: 4, x: 4, w: 4, b: 4 }
  const update = () => {
    const now = numbers(), key = shown(), kind = key[0], at = indices(key)
    // Outputs that use the cell, each with the input and the weight that meet there.
    const used = new Map()
    for (let o = 0; o < data.y.length; o++)
      for (let t = 0; t < places; t++) {
        const k = kind === "x" ? at[1] - t : at[2]
        const meets =
          kind === "x" ? k >= 0 && k < kernel : kind === "w" ? o === at[0] : kind === "b" ? o === at[0] : false
        const c = kind === "x" ? at[0] : at[1]
        if (meets) used.set(`y-${o}-${t}`, { c, k, i: t + k, o, t })
      }
    const marked = new Map([...used.keys()].map(each => [each, "used"]))
    if (kind === "y") {
      for (let c = 0; c < channels; c++)
        for (let k = 0; k < kernel; k++) {
          marked.set(`x-${c}-${at[1] + k}`, "read")
          marked.set(`w-${at[0]}-${c}-${k}`, "read")
        }
      if (state.bias) marked.set(`b-${at[0]}`, "read")
    } else if (kind !== "b")
      for (const { c, k, i, o } of used.values()) marked.set(kind === "x" ? `w-${o}-${c}-${k}` : `x-${c}-${i}`, "read")

    let moved = 0
    for (const [each, drawn] of cells) {
      const { cell, digits, note } = drawn
      const own = indices(each)
      const amount = each[0] === "y" ? now.y[own[0]][own[1]] : value(each)
      const differs =
        each[0] === "y" ? Math.abs(amount - data.y[own[0]][own[1]]) > 5e-5 : state.changed.has(each)
      if (each[0] === "y" && differs) moved++
      const use = used.get(each)
      const words = !use || kind === "b" ? "" : kind === "x" ? `k=${use.k}` : `x[${use.c}, ${use.i}]`
      const mark = each === key ? "chosen" : marked.get(each) ?? null
      // Most cells are as they were; to ask the document for each would take longer than to draw the others.
      const looks = [amount, differs, words, mark, mark === "chosen" && state.pinned, decimals[each[0]]].join()
      if (drawn.looks === looks) continue
      drawn.looks = looks
      setText(digits, number(amount, decimals[each[0]]))
      setText(note, words)
      setAttribute(cell, "data-differs", differs ? "" : null)
      setAttribute(cell, "data-mark", mark)
      setAttribute(cell, "data-pinned", each === key && state.pinned ? "" : null)
      setAttribute(cell, "aria-selected", each === key ? "true" : null)
      setAttribute(cell, "aria-label", drawn.name + number(amount) + (differs ? "*" : ""))
    }

    steps.hidden = kind !== "y"
    uses.hidden = kind === "y"
    const text = kind === "y" ? drawSteps(now, key, at) : drawUses(used, key, at)
    setAttribute(sentence.element, "aria-live", timer ? "off" : "polite")
    const more = [
      text,
      ...(moved ? [fill(texts.say_changed, { count: moved, all: data.y.length * places })] : []),
      ...(state.pinned ? [texts.say_pinned] : []),
    ]
    sentence.say(more.join(texts.between))

    setText(play, timer ? texts.pause : texts.play)
    setAttribute(play, "data-on", timer ? "" : null)
    setAttribute(forget, "aria-pressed", String(!state.bias))
    setAttribute(pin, "aria-pressed", String(state.pinned))
    const fixed = kind === "y"
    hint.hidden = !fixed
    slider.hidden = label.hidden = amount.hidden = fixed
    if (!fixed) {
      setText(label, fill(texts.change, { name: title(key) }))
      setAttribute(slider, "aria-label", fill(texts.change_label, { name: title(key) }))
      setAttribute(slider, "aria-valuetext", number(value(key)))
      slider.value = value(key)
      setText(amount, number(value(key)))
    }
    stops.refresh()
    if (!figure.contains(document.activeElement)) stops.stop(cells.get(state.chosen).cell)
    remember()
  }

  const drawSteps = (now, key, [o, t]) => {
    setText(steps.caption, unbroken(title(key) + texts.by_steps))
    const sums = products.map(({ taps, sum }, c) => {
      let channel = 0
      taps.forEach(([input, weight, product], k) => {
        const made = now.x[c][t + k] * now.w[o][c][k]
        setText(input, number(now.x[c][t + k]))
        setText(weight, `× ${number(now.w[o][c][k])}`)
        setText(product, `= ${number(made)}`)
        channel += made
      })
      setText(sum, number(channel))
      return channel
    })
    const sum = sums.reduce((a, b) => a + b)
    const right = sum + now.b[o]
    setText(total[1], number(sum))
    setText(bias[0], `+ ${texts.bias} b[${o}]${state.bias ? "" : ` (${texts.forgotten})`}`)
    setText(bias[1], number(now.b[o]))
    setAttribute(bias[1], "data-forgotten", state.bias ? null : "")
    const made = now.y[o][t]
    setText(result[0], `= ${texts.output} ${title(key)}${
      state.bias ? "" : ` (${fill(texts.right, { value: number(right) })})`}`)
    setText(result[1], number(made))
    return fill(state.bias ? texts.say_output : texts.say_forgot, {
      name: title(key), count: channels * kernel, channels, sums: sums.map(each => number(each)).join(", "),
      sum: number(sum), bias: number(now.b[o]), value: number(right),
    })
  }

  const drawUses = (used, key, at) => {
    setText(uses.caption, unbroken(fill(texts.used_by, { name: title(key) })))
    const found = [...used]
    lines.forEach(([name, names, product, adds], index) => {
      const [to, use] = found[index] ?? []
      name.parentElement.hidden = !use
      if (!use) return
      setText(name, title(to))
      if (key[0] === "b") {
        setText(names, `b[${at[0]}]`)
        setText(product, "")
        setText(adds, state.bias ? `+ ${number(value(key))}` : texts.forgotten)
      } else {
        const [x, w] = [value(`x-${use.c}-${use.i}`), value(`w-${use.o}-${use.c}-${use.k}`)]
        setText(names, `x[0, ${use.c}, ${use.i}] × w[${use.o}, ${use.c}, ${use.k}]`)
        setText(product, `${number(x)} × ${number(w)}`)
        setText(adds, `= ${number(x * w)}`)
      }
    })
    const say = { x: texts.say_input, w: texts.say_weight, b: state.bias ? texts.say_bias : texts.say_bias_forgot }
    return fill(say[key[0]], {
      name: title(key), value: number(value(key)), count: used.size, all: data.y.length * places, channel: at[0],
      list: found.map(([each]) => title(each)).join(", "),
    })
  }

  // ---- The address: what is chosen, what was switched, what was changed.
  const writeAddress = addressWriter(NAME)
  const remember = () => {
    const words = [
      ...(state.chosen === "y-0-0" && !state.pinned ? [] : [state.chosen]),
      ...(state.pinned ? ["pinned"] : []),
      ...(state.bias ? [] : ["nobias"]),
      ...[...state.changed].map(([key, changed]) => `${key}*${changed}`),
    ]
    writeAddress(words)
  }
  for (const word of readAddress(NAME)) {
    const [key, amount] = word.split("*")
    if (word === "pinned") state.pinned = true
    else if (word === "nobias") state.bias = false
    else if (!cells.has(key)) continue // an address that someone has mistyped
    else if (amount === undefined) state.chosen = key
    else if (key[0] !== "y" && Math.abs(Number(amount)) <= LIMIT && amount !== "") state.changed.set(key, Number(amount))
  }
  if (state.chosen[0] === "y") output = state.chosen

  for (const key of cells.keys()) cells.get(key).name = `${title(key)} = `
  figure.dataset.live = "yes"
  new ResizeObserver(([entry]) => {
    width = entry.contentRect.width
    const [wide, y] = [width < NARROW ? 2 : 4, width < NARROWEST ? 3 : 4]
    if (decimals.x === wide && decimals.y === y) return
    Object.assign(decimals, { y, x: wide, w: wide, b: 4 })
    update()
  }).observe(figure)
  update()
  carry()
}
