// The words' numbers, the same numbers as the layer's input, and the outputs, with as many cells as there can be.
import { source } from "../axes.js"
import { button, fill, list, make, range, setAttribute, setHidden, setText } from "../kit.js"

const head = text => make("th", { scope: "col" }, text)

const cell = () => {
  const text = document.createTextNode("") // all that is in a cell: there are many, and a phone lays them out at once
  return { text, cell: make("td", {}, text), looks: "" }
}

const table = (caption, corner, count, rows, last = []) => make(
  "table", { class: "insync-table insync-axes" }, make("caption", {}, caption),
  make("thead", {}, make("tr", {}, make("td", {}, corner), ...range(count).map(i => head(String(i))), ...last)),
  make("tbody", {}, ...rows),
)

const row = (heading, cells) => make("tr", {}, make("th", { scope: "row" }, heading), ...cells.map(each => each.cell))

// The words, each a button that `mark`s it, with its numbers and with what is said of the reader's guess.
const mountTokens = (words, most, texts, mark) => {
  const buttons = words.map((word, w) => button(`${w} ${word}`, () => mark(w), { "data-word": w }))
  const verdicts = words.map(cell), tokens = words.map(() => range(most).map(cell))
  const rows = buttons.map((word, w) => row(word, [...tokens[w], verdicts[w]]))
  const left = table(texts.tokens, "", most, rows, [head(texts.read)])
  left.classList.add("insync-tokens")
  left.tBodies[0].addEventListener("click", ({ target }) => {
    if (target.closest("td")) mark(target.closest("tr").sectionRowIndex)
  })
  return { left, buttons, verdicts, tokens, rows, heads: [...left.tHead.rows[0].cells].slice(1, -1) }
}

const mountInputs = most => {
  const inputs = range(most).map(() => range(most).map(cell))
  const right = table("", "c", most, inputs.map((line, c) => row(String(c), line)))
  return { right, inputs, columns: [...right.tHead.rows[0].cells].slice(1) }
}

// `act` is told of a word that is marked or an output that is chosen.
export const mountTables = (data, texts, ranges, act) => {
  const most = Math.max(ranges.L[1], ranges.E[1])
  const words = mountTokens(data.words, ranges.E[1], texts, act.mark), input = mountInputs(most)
  const outputs = range(most).map(t => make("div", { role: "option", tabindex: "-1", "data-t": t }, make("span", {}, String(t))))
  const cells = list("cells", texts.outputs, "outputs")
  cells.append(...outputs)
  cells.addEventListener("click", ({ target }) => {
    const chosen = target.closest("[data-t]")
    if (chosen) act.choose(outputs.indexOf(chosen))
  })
  const grids = make(
    "div", { class: "insync-grids" }, make("div", { class: "insync-part" }, words.left),
    make("div", { class: "insync-part" }, input.right, make("div", { class: "insync-label", "aria-hidden": "true" }, texts.outputs), cells),
  )
  return { words, input, outputs, grids }
}

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

const verdictOf = ({ p, mode, open, marked, found }, w, texts) => {
  if (!open) return ""
  const truth = found[w].length > 0
  const verdict = mode !== "compared" ? "" : `\n${marked.has(w) === truth ? "✓" : truth ? texts.missed : texts.extra}`
  return `${found[w].length}/${p.E}${verdict}`
}

const drawWord = ({ buttons, rows, tokens, verdicts }, scene, w, texts) => {
  const { p, mode, open, marked, found } = scene, word = buttons[w]
  setHidden(word, w >= p.L)
  setHidden(rows[w], word.hidden)
  if (word.hidden) return
  setAttribute(word, "aria-pressed", String(marked.has(w)))
  setAttribute(word, "aria-disabled", mode === "shown" ? "true" : null)
  tokens[w].forEach((each, e) => {
    setHidden(each.cell, e >= p.E)
    if (e < p.E) draw(each, `${w}.${e}`, w, open && found[w].includes(e) ? "read" : null)
  })
  draw(verdicts[w], verdictOf(scene, w, texts), null, null)
}

// A row or a column of the input: there is room for the input turned either way, so that another way leaves the table,
// and all that is below, where it is.
const drawHeading = (element, at, count, square) => {
  setHidden(element, at >= square)
  setAttribute(element, "data-off", at >= count ? "" : null)
}

const drawInput = ({ inputs }, scene, square, words) => {
  const { p, way, channels, positions, t, open } = scene
  inputs.forEach((line, c) => {
    setHidden(line[0].cell.parentElement, c >= square)
    drawHeading(line[0].cell.previousSibling, c, channels, square)
    if (c >= square) return
    line.forEach((each, i) => {
      setHidden(each.cell, i >= square)
      if (i >= square) return
      if (c >= channels || i >= positions) {
        putAside(each)
        return
      }
      const [word, number] = source(way, p, c, i), inside = i >= t && i < t + p.K
      if (inside && !open) draw(each, "?", null, "read")
      else draw(each, `${word}.${number}\n${words[word]}`, word, inside ? "read" : null)
    })
  })
}

export const drawTables = ({ words, input, outputs }, scene, data, texts) => {
  const { p, channels, positions, length, t } = scene, square = Math.max(p.L, p.E)
  for (const [e, each] of words.heads.entries()) setHidden(each, e >= p.E)
  // As wide as its columns: a table whose width is given is laid out without a look at what is in its cells.
  setAttribute(words.left, "style", `--columns: ${p.E}`)
  setAttribute(input.right, "style", `--columns: ${square}`)
  for (const w of data.words.keys()) drawWord(words, scene, w, texts)
  setText(input.right.caption, fill(texts.input, { channels, positions }))
  for (const [i, each] of input.columns.entries()) drawHeading(each, i, positions, square)
  drawInput(input, scene, square, data.words)
  outputs.forEach((each, at) => {
    setHidden(each, at >= length)
    setAttribute(each, "data-mark", at === t ? "chosen" : null)
    setAttribute(each, "aria-selected", String(at === t))
  })
}
