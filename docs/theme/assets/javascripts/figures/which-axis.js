// Which way does it slide: words × numbers, handed to the layer by permute, by view or as they are. First the reader
// says which words an output will read; then every number that it reads is marked.
import { lengthOut, parameters, reads, shape, source, WAYS } from "./axes.js"
import {
  ARROWS, addressWriter, button, carry, copyButton, fill, given, make, readAddress, roving, setAttribute, setHidden,
  setText, settings, statement,
} from "./kit.js"

const NAME = "which-axis"
const MODES = ["guess", "compared", "shown"]
const { format: grouped } = new Intl.NumberFormat("en") // made once: the locale is looked up only here

export default function live(figure) {
  const { data, texts } = given(figure)
  const RANGES = { L: [3, data.words.length], E: [3, 6], K: [1, 3], C_out: [1, 8] }
  const SIZES = Object.keys(RANGES)
  const start = { ...data.start, way: 0, mode: "guess", graphdta: false }
  const state = { ...start, marked: new Set() }
  const part = name => figure.querySelector(`[data-part=${name}]`)
  const way = () => WAYS[state.way]
  const sizes = () => (state.graphdta ? data.graphdta : state)

  // ---- Ways, settings, buttons.
  const counts = WAYS.map(() => make("small"))
  const ways = WAYS.map((name, index) => {
    const made = button(make("code", {}, texts[name]), () => ask({ way: index }), { role: "radio" })
    made.append(counts[index])
    return made
  })
  const choice = make("div", { class: "insync-buttons insync-ways", role: "radiogroup", "aria-label": texts.ways }, ...ways)
  const { bar, controls, press, show } = settings(RANGES, Object.fromEntries(SIZES.map(key => [key, key])), start,
    key => state[key], (key, to) => ask({ [key]: to }))
  const toggle = mode => () => { state.mode = state.mode === mode ? "guess" : mode; update() }
  const compare = button(texts.compare, toggle("compared"))
  const reveal = button(texts.reveal, toggle("shown"))
  const graphdta = button("GraphDTA", () => {
    state.graphdta = !state.graphdta
    stops.stop(graphdta) // what had the tab stop may be gone
    update()
  })
  const reset = button(texts.reset, () => {
    Object.assign(state, start, { marked: new Set() })
    stops.stop(reset)
    update()
  })
  const actions = [compare, reveal, graphdta, reset]
  const code = make("code"), listing = make("pre", { class: "insync-listing" }, code)
  const copy = copyButton(texts, code)

  // ---- The two tables, with as many rows and columns as there can be.
  const head = text => make("th", { scope: "col" }, text)
  const range = count => Array.from({ length: count }, (_, i) => i)
  const cell = () => {
    const text = document.createTextNode("") // all that is in a cell: there are many, and a phone lays them out at once
    return { text, cell: make("td", {}, text), looks: "" }
  }
  const table = (caption, corner, count, rows, last = []) => make(
    "table", { class: "insync-table insync-axes" }, make("caption", {}, caption),
    make("thead", {}, make("tr", {}, make("td", {}, corner), ...range(count).map(i => head(String(i))), ...last)),
    make("tbody", {}, ...rows),
  )
  const words = data.words.map((word, w) => button(`${w} ${word}`, () => mark(w), { "data-word": w }))
  const verdicts = words.map(cell)
  const tokens = words.map(() => range(RANGES.E[1]).map(cell))
  const left = table(texts.tokens, "", RANGES.E[1], words.map((word, w) => make(
    "tr", {}, make("th", { scope: "row" }, word), ...tokens[w].map(each => each.cell), verdicts[w].cell,
  )), [head(texts.read)])
  const most = Math.max(RANGES.L[1], RANGES.E[1])
  const inputs = range(most).map(() => range(most).map(cell))
  const right = table("", "c", most, inputs.map((line, c) => make(
    "tr", {}, make("th", { scope: "row" }, String(c)), ...line.map(each => each.cell),
  )))
  left.classList.add("insync-tokens")
  const lines = [...left.tBodies[0].rows]
  const numbers = [...left.tHead.rows[0].cells].slice(1, -1), columns = [...right.tHead.rows[0].cells].slice(1)
  const outputs = range(most).map(t => make("div", { role: "option", tabindex: "-1", "data-t": t }, make("span", {}, String(t))))
  const cells = make("div", { role: "listbox", "aria-label": texts.outputs, class: "insync-cells" }, ...outputs)
  const grids = make(
    "div", { class: "insync-grids" }, make("div", { class: "insync-part" }, left),
    make("div", { class: "insync-part" }, right, make("div", { class: "insync-label", "aria-hidden": "true" }, texts.outputs), cells),
  )
  const sentence = statement()
  const formula = make("p", { class: "insync-formula" })
  // What a word more does, each in its place: it has room for the longer of both.
  const more = make("p"), refused = make("p"), longer = make("div", { class: "insync-longer" }, more, refused)
  part("example").hidden = true
  const published = part("graphdta")
  figure.querySelector("figcaption").after(choice, bar, grids, published)
  figure.append(
    make("div", { class: "insync-buttons" }, ...actions), sentence.block, formula, longer, listing,
    make("div", { class: "insync-buttons" }, copy), make("p", { class: "insync-keys" }, texts.keys),
  )

  const visible = elements => elements.filter(each => !each.hidden)
  const stops = roving(figure, () => [
    state.graphdta ? ways : [...ways, ...controls],
    ...(state.graphdta ? [] : [...visible(words).map(each => [each]), visible(outputs)]),
    visible(actions), [copy],
  ])

  // ---- What can be done.
  // Another question: what was compared belongs to the last one.
  const ask = changes => {
    if (state.mode === "compared" && !("C_out" in changes)) {
      state.mode = "guess"
      state.marked.clear()
    }
    Object.assign(state, changes)
    update()
  }
  const mark = w => {
    if (state.mode === "shown") return
    state.mode = "guess"
    if (!state.marked.delete(w)) state.marked.add(w)
    update()
  }
  left.tBodies[0].addEventListener("click", ({ target }) => {
    if (target.closest("td")) mark(target.closest("tr").sectionRowIndex)
  })
  cells.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[data-t]")
    if (chosen) ask({ t: outputs.indexOf(chosen) })
  })
  figure.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (press(event)) return event.preventDefault()
    const { target, key } = event, accepts = key === "Enter" || key === " "
    if (ARROWS.has(key)) {
      let to = stops.step(target, key)
      if (!to) return
      if (outputs.includes(to) && !outputs.includes(target)) to = outputs[state.t] // on the way through none is chosen
      stops.focus(to) // before anything is drawn, as in the other figures
      if (outputs.includes(to)) ask({ t: outputs.indexOf(to) })
      else if (ways.includes(to) && ways.includes(target) && to !== target) ask({ way: ways.indexOf(to) })
    } else if (accepts && controls.includes(target)) stops.focus(words[0])
    else if (accepts && outputs.includes(target)) stops.focus(compare)
    else if (key === "Escape") {
      if (state.mode !== "guess") { state.mode = "guess"; update() }
      else if (state.marked.size) { state.marked.clear(); update() }
      else if (!ways.includes(target)) stops.focus(ways[state.way])
      else return
    } else return
    event.preventDefault()
  })

  // ---- Drawing.
  const draw = (drawn, text, word, marked) => {
    const looks = [text, word, marked].join()
    if (drawn.looks === looks) return
    drawn.looks = looks
    if (drawn.text.data !== text) drawn.text.data = text
    setAttribute(drawn.cell, "data-tint", word === null ? null : String(word))
    setAttribute(drawn.cell, "data-mark", marked)
  }
  // Not in the input of this way; in that of the next one it may well be what it was.
  const putAside = drawn => {
    drawn.looks = "off"
    setAttribute(drawn.cell, "data-mark", "off")
  }
  const named = list => list.map(w => `${w} ${data.words[w]}`).join(texts.comma) || texts.none

  const update = () => {
    const p = sizes(), [channels, positions] = shape(way(), p), length = lengthOut(way(), p), open = state.mode !== "guess"
    ways.forEach((each, index) => {
      setAttribute(each, "aria-checked", String(index === state.way))
      setText(counts[index], fill(texts.parameters, { count: grouped(parameters(WAYS[index], p)) }))
    })
    for (const element of [bar, grids, compare, reveal]) setHidden(element, state.graphdta)
    setHidden(published, !state.graphdta)
    setAttribute(compare, "aria-pressed", String(state.mode === "compared"))
    setAttribute(reveal, "aria-pressed", String(state.mode === "shown"))
    setAttribute(graphdta, "aria-pressed", String(state.graphdta))
    sentence.say(state.graphdta ? sayGraphdta() : drawGrids(p, channels, positions, length, open))
    reserve(p)
    setText(formula, `C_out · C_in · K + C_out = ${p.C_out} · ${channels} · ${p.K} + ${p.C_out} = ${grouped(parameters(way(), p))}`)
    const one = { ...p, L: p.L + 1 }
    const square = p.L === p.E ? texts.between + texts.say_square : ""
    setText(more, fill(texts.say_longer, { length: lengthOut("permute", p), more: lengthOut("permute", one) }) + square)
    setText(refused, fill(texts.say_refused, { words: fill(data.refused, { ...p, longer: one.L }) }) + square)
    setAttribute(more, "data-off", way() === "nothing" ? "" : null)
    setAttribute(refused, "data-off", way() === "nothing" ? null : "")
    setText(code, program(p, channels, positions, length))
    if (state.graphdta) for (const row of published.querySelectorAll("tr"))
      [...row.children].slice(1).forEach((each, index) => setAttribute(each, "data-mark", index === state.way ? "read" : null))
    stops.refresh()
    remember()
  }

  const drawGrids = (p, channels, positions, length, open) => {
    state.t = Math.min(state.t, length - 1)
    for (const w of state.marked) if (w >= p.L) state.marked.delete(w)
    for (const key of SIZES) show(key, String(p[key]))
    const found = reads(way(), p, state.t), read = range(p.L).filter(w => found[w].length)
    numbers.forEach((each, e) => setHidden(each, e >= p.E))
    // As wide as its columns: a table whose width is given is laid out without a look at what is in its cells.
    const square = Math.max(p.L, p.E)
    setAttribute(left, "style", `--columns: ${p.E}`)
    setAttribute(right, "style", `--columns: ${square}`)
    words.forEach((word, w) => {
      setHidden(word, w >= p.L)
      setHidden(lines[w], word.hidden)
      if (word.hidden) return
      const marked = state.marked.has(w), truth = found[w].length > 0
      setAttribute(word, "aria-pressed", String(marked))
      setAttribute(word, "aria-disabled", state.mode === "shown" ? "true" : null)
      tokens[w].forEach((each, e) => {
        setHidden(each.cell, e >= p.E)
        if (e < p.E) draw(each, `${w}.${e}`, w, open && found[w].includes(e) ? "read" : null)
      })
      const verdict = state.mode !== "compared" ? "" : `\n${marked === truth ? "✓" : truth ? texts.missed : texts.extra}`
      draw(verdicts[w], open ? `${found[w].length}/${p.E}${verdict}` : "", null, null)
    })
    setText(right.caption, fill(texts.input, { channels, positions }))
    // Room for the input turned either way: another way then leaves the table, and all that is below, where it is.
    const heading = (element, at, count) => {
      setHidden(element, at >= square)
      setAttribute(element, "data-off", at >= count ? "" : null)
    }
    columns.forEach((each, i) => heading(each, i, positions))
    inputs.forEach((line, c) => {
      setHidden(line[0].cell.parentElement, c >= square)
      heading(line[0].cell.previousSibling, c, channels)
      if (c < square) line.forEach((each, i) => {
        setHidden(each.cell, i >= square)
        if (i >= square) return
        if (c >= channels || i >= positions) return putAside(each)
        const [word, number] = source(way(), p, c, i), inside = i >= state.t && i < state.t + p.K
        if (inside && !open) draw(each, "?", null, "read")
        else draw(each, `${word}.${number}\n${data.words[word]}`, word, inside ? "read" : null)
      })
    })
    outputs.forEach((each, t) => {
      setHidden(each, t >= length)
      setAttribute(each, "data-mark", t === state.t ? "chosen" : null)
      setAttribute(each, "aria-selected", String(t === state.t))
    })

    if (!open) return sayAsk([...state.marked].sort())
    const missed = read.filter(w => !state.marked.has(w)), extra = [...state.marked].sort().filter(w => !read.includes(w))
    return state.mode === "shown" ? sayRead(way(), p, state.t) : sayCompared(missed, extra) + sayRead(way(), p, state.t)
  }

  const name = t => `y[0, :, ${t}]`
  const sayAsk = marked =>
    [fill(texts.say_ask, { name: name(state.t) }), fill(texts.say_marked, { list: named(marked) })].join(texts.between)
  const sayCompared = (missed, extra) =>
    (missed.length + extra.length ? fill(texts.say_wrong, { missed: named(missed), extra: named(extra) }) : texts.say_right) + texts.between
  const sayRead = (way, p, t) => {
    const found = reads(way, p, t), read = range(p.L).filter(w => found[w].length)
    if (read.every(w => found[w].length === p.E)) return fill(texts.say_whole, { name: name(t), count: p.E, list: named(read) })
    if (read.length === p.L && found.every(each => each.join() === found[0].join()))
      return fill(texts.say_numbers, { name: name(t), list: found[0].join(texts.comma) })
    return fill(texts.say_parts, { name: name(t), list: read.map(w => `${named([w])} (${found[w].join(", ")})`).join(texts.comma) })
  }
  // The longest sentences that these sizes can bring: any way, any output, no word guessed.
  let reserved = ""
  const reserve = p => {
    if (reserved === (reserved = [state.graphdta, p.L, p.E, p.K].join())) return // words and outputs change nothing here
    if (state.graphdta) return sentence.reserve([sayGraphdta()])
    const all = range(p.L), nothing = sayCompared(all, [])
    const answers = WAYS.flatMap(each => range(lengthOut(each, p)).map(t => nothing + sayRead(each, p, t)))
    sentence.reserve([sayAsk(all), ...answers])
  }

  const sayGraphdta = () => {
    const [swapped, , written] = data.published
    return fill(texts.say_graphdta, {
      ...data.graphdta, written: grouped(written.parameters), swapped: grouped(swapped.parameters),
      written_shape: `(N, ${written.output.join(", ")})`, swapped_shape: `(N, ${swapped.output.join(", ")})`,
    })
  }

  const program = (p, channels, positions, length) => [
    "import torch",
    "from torch import nn",
    "",
    "# (N, L, E), as from nn.Embedding",
    `vectors = torch.rand(1, ${p.L}, ${p.E})`,
    `x = vectors${{ permute: ".permute(0, 2, 1)", view: `.view(1, ${p.E}, ${p.L})`, nothing: "" }[way()]}`,
    `print(x.shape)  # (1, ${channels}, ${positions})`, // a line of its own: all ways then have as many lines on a phone
    `layer = nn.Conv1d(${channels}, ${p.C_out}, kernel_size=${p.K})`,
    `y = layer(x)  # (1, ${p.C_out}, ${length})`,
  ].join("\n")

  // ---- The address.
  const writeAddress = addressWriter(NAME)
  const remember = () => {
    const out = [...SIZES, "t"].filter(key => state[key] !== start[key]).map(key => `${key}*${state[key]}`)
    if (state.way) out.push(way())
    if (state.marked.size) out.push(`mark*${[...state.marked].sort().join("")}`)
    if (state.mode !== "guess") out.push(state.mode)
    if (state.graphdta) out.push("graphdta")
    // C_out has the sign in it that stands between words.
    const written = out.map(word => word.replace("C_out", "C"))
    writeAddress(written)
  }
  for (const word of readAddress(NAME)) {
    const [short, amount] = word.split("*"), key = short === "C" ? "C_out" : short
    const digits = /^\d+$/.test(amount ?? "") ? amount : null
    if (RANGES[key] && digits && Number(digits) >= RANGES[key][0] && Number(digits) <= RANGES[key][1]) state[key] = Number(digits)
    else if (key === "t" && digits && Number(digits) < most) state.t = Number(digits)
    else if (key === "mark" && digits) for (const w of digits) { if (words[w]) state.marked.add(Number(w)) }
    else if (WAYS.includes(word)) state.way = WAYS.indexOf(word)
    else if (MODES.includes(word)) state.mode = word
    else if (word === "graphdta") state.graphdta = true
  }
  figure.dataset.live = "yes"
  update()
  carry()
}
