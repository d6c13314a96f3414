// Which way does it slide: words × numbers, handed to the layer by permute, by view or as they are. First the reader
// says which words an output will read; then every number that it reads is marked.
import { lengthOut, parameters, reads, shape, WAYS } from "./axes.js"
import { ARROWS, roving, watchKeys } from "./choice.js"
import {
  addressWriter, begin, button, buttons, changed, fill, given, isShown, listing, make, onChange, setAttribute, setHidden,
  setText, setting, settings, statement, text,
} from "./kit.js"
import { drawTables, mountTables } from "./which-axis/tables.js"
import { count, grouped, program, sayLonger, speaker } from "./which-axis/words.js"

const NAME = "which-axis"
const MODES = ["guess", "compared", "shown"]

// What is set, chosen and guessed; `update` draws, after each change.
const modelOf = (data, update) => {
  const start = { ...data.start, way: 0, mode: "guess", graphdta: false }
  const state = { ...start, marked: new Set() }
  const ranges = { L: [3, data.words.length], E: [3, 6], K: [1, 3], C_out: [1, 8] }
  const set = changes => {
    Object.assign(state, changes)
    update()
  }
  return {
    start, state, ranges, set,
    sizes: Object.keys(ranges),
    // Another question: what was compared belongs to the last one.
    ask: changes => {
      if (state.mode === "compared" && !("C_out" in changes)) {
        state.mode = "guess"
        state.marked.clear()
      }
      set(changes)
    },
    mark: w => {
      if (state.mode === "shown") return
      if (!state.marked.delete(w)) state.marked.add(w)
      set({ mode: "guess" })
    },
    toggle: mode => set({ mode: state.mode === mode ? "guess" : mode }),
    reset: () => set({ ...start, marked: new Set() }),
  }
}

// All that follows from the state. The sizes of the published case are too large for its numbers to be looked at.
const sceneOf = (state, graphdta) => {
  const p = state.graphdta ? graphdta : state, way = WAYS[state.way], { mode } = state
  const [channels, positions] = shape(way, p), length = lengthOut(way, p)
  if (!state.graphdta) {
    state.t = Math.min(state.t, length - 1)
    for (const w of state.marked) if (w >= p.L) state.marked.delete(w)
  }
  const found = state.graphdta ? null : reads(way, p, state.t)
  return { p, way, channels, positions, length, found, t: state.t, mode, open: mode !== "guess", marked: state.marked }
}

// ---- Ways, buttons, and what does not stand in the two tables.

const mountWays = ({ ask }, texts) => {
  const counts = WAYS.map(() => make("small"))
  const ways = WAYS.map((name, way) => {
    const made = button(make("code", {}, texts[name]), () => ask({ way }), { role: "radio" })
    made.append(counts[way])
    return made
  })
  const bar = make("div", { class: "insync-buttons insync-ways", role: "radiogroup", "aria-label": texts.ways }, ...ways)
  return { ways, counts, bar }
}

const drawWays = (ways, counts, scene, texts) => ways.forEach((each, index) => {
  setAttribute(each, "aria-checked", String(WAYS[index] === scene.way))
  setText(counts[index], fill(texts.parameters, { count: grouped(parameters(WAYS[index], scene.p)) }))
})

// `stop` gives the figure's tab stop to a button: what had it may be gone.
const mountActions = ({ state, set, toggle, reset }, texts, stop) => {
  const actions = {
    compare: button(texts.compare, () => toggle("compared")),
    reveal: button(texts.reveal, () => toggle("shown")),
    graphdta: button("GraphDTA", () => {
      stop(actions.graphdta)
      set({ graphdta: !state.graphdta })
    }),
    reset: button(texts.reset, () => {
      stop(actions.reset)
      reset()
    }),
  }
  return actions
}

const drawActions = ({ compare, reveal, graphdta }, state) => {
  for (const each of [compare, reveal]) setHidden(each, state.graphdta)
  setAttribute(compare, "aria-pressed", String(state.mode === "compared"))
  setAttribute(reveal, "aria-pressed", String(state.mode === "shown"))
  setAttribute(graphdta, "aria-pressed", String(state.graphdta))
}

// ---- What a word more does, each in its place: it has room for the longer of both.

const mountLonger = () => {
  const more = make("p"), refused = make("p")
  return { more, refused, block: make("div", { class: "insync-longer" }, more, refused) }
}

const drawLonger = ({ more, refused }, { p, way }, data, texts) => {
  const say = sayLonger(p, data, texts)
  setText(more, say.more)
  setText(refused, say.refused)
  setAttribute(more, "data-off", way === "nothing" ? "" : null)
  setAttribute(refused, "data-off", way === "nothing" ? null : "")
}

const drawPublished = (published, state) => {
  setHidden(published, !state.graphdta)
  if (!state.graphdta) return
  for (const row of published.querySelectorAll("tr"))
    for (const [index, each] of [...row.children].slice(1).entries())
      setAttribute(each, "data-mark", index === state.way ? "read" : null)
}

// ---- Keys.

const keysOf = ({ state, set, ask }, { ways, bar, words, outputs, compare }, stops) => {
  const step = (target, key) => {
    let to = stops.step(target, key)
    if (!to) return false
    if (outputs.includes(to) && !outputs.includes(target)) to = outputs[state.t] // on the way through none is chosen
    stops.focus(to) // before anything is drawn, as in the other figures
    if (outputs.includes(to)) ask({ t: outputs.indexOf(to) })
    else if (ways.includes(to) && ways.includes(target) && to !== target) ask({ way: ways.indexOf(to) })
    return true
  }
  const leave = target => {
    if (state.mode !== "guess") set({ mode: "guess" })
    else if (state.marked.size) set({ marked: new Set() })
    else if (!ways.includes(target)) stops.focus(ways[state.way])
    else return false
    return true
  }
  return (event, accepts) => {
    const { target, key } = event
    if (bar.press(event)) return true
    if (ARROWS.has(key)) return step(target, key)
    if (key === "Escape") return leave(target)
    if (accepts && bar.controls.includes(target)) stops.focus(words[0])
    else if (accepts && outputs.includes(target)) stops.focus(compare)
    else return false
    return true
  }
}

// ---- The address.

const wordsOf = ({ state, start, sizes }) => {
  const out = changed([...sizes, "t"], state, start)
  if (state.way) out.push(WAYS[state.way])
  if (state.marked.size) out.push(`mark*${[...state.marked].sort().join("")}`)
  if (state.mode !== "guess") out.push(state.mode)
  if (state.graphdta) out.push("graphdta")
  return out.map(word => word.replace("C_out", "C")) // C_out has the sign in it that stands between words
}

const takeUp = (word, { state, ranges }, words) => {
  const all = { ...ranges, t: [0, Math.max(ranges.L[1], ranges.E[1]) - 1] }
  const set = setting(word.replace(/^C[*]/, "C_out*"), all), marked = /^mark[*](\d+)$/.exec(word)
  if (set) Object.assign(state, set)
  else if (marked) {
    for (const w of marked[1]) if (words[w]) state.marked.add(Number(w))
  } else if (WAYS.includes(word)) state.way = WAYS.indexOf(word)
  else if (MODES.includes(word)) state.mode = word
  else if (word === "graphdta") state.graphdta = true
}

// ---- The figure.

export default function live(figure) {
  const { data, texts } = given(figure)
  const part = name => figure.querySelector(`[data-part=${name}]`)
  const model = modelOf(data, () => update()), { state, start, ranges, sizes, ask } = model
  const { ways, bar: choice, counts } = mountWays(model, texts), longer = mountLonger()
  const names = Object.fromEntries(sizes.map(key => [key, key]))
  const bar = settings(ranges, names, start, key => state[key], (key, to) => ask({ [key]: to }))
  const actions = mountActions(model, texts, element => stops.stop(element)), line = Object.values(actions)
  const tables = mountTables(data, texts, ranges, { mark: model.mark, choose: t => ask({ t }) })
  const { words: { buttons: words }, outputs, grids } = tables, published = part("graphdta")
  const { code, copy, block } = listing(texts), formula = text("formula")
  const sentence = statement(), { say, longest } = speaker(data, texts)
  part("example").hidden = true
  figure.querySelector("figcaption").after(grids, published, buttons(...line), sentence.block, choice, bar.bar)
  figure.append(formula, longer.block, block, buttons(copy), text("keys", texts.keys))
  const stops = roving(figure, () => [
    ...(state.graphdta ? [] : [...words.filter(isShown).map(each => [each]), outputs.filter(isShown)]),
    line.filter(isShown), state.graphdta ? ways : [...ways, ...bar.controls], [copy],
  ].filter(each => each.length), element => !element.dataset.word && !element.dataset.t)
  const writeAddress = addressWriter(NAME), reserve = onChange(scene => sentence.reserve(longest(scene)))

  const update = () => {
    const scene = sceneOf(state, data.graphdta), { L, E, K } = scene.p
    drawWays(ways, counts, scene, texts)
    for (const each of [bar.bar, grids]) setHidden(each, state.graphdta)
    drawPublished(published, state)
    drawActions(actions, state)
    if (!state.graphdta) {
      for (const key of sizes) bar.show(key, String(state[key]))
      drawTables(tables, scene, data, texts)
    }
    sentence.say(say(scene))
    reserve([L, E, K].join(), scene) // words and outputs change nothing
    setText(formula, count(scene))
    drawLonger(longer, scene, data, texts)
    setText(code, program(scene, texts))
    stops.refresh()
    writeAddress(wordsOf(model))
  }

  watchKeys(figure, keysOf(model, { ways, bar, words, outputs, compare: actions.compare }, stops))
  begin(figure, NAME, word => takeUp(word, model, data.words), update)
  stops.stop(ways[0]) // the tab key comes to what can be set
}
