// The answer: a table with a row for each layer, what torch says where it refuses, cures, silent mistakes, sums, a script.
import { button, buttons, fill, listing, make, setHidden, setText } from "../kit.js"
import { cures } from "./cures.js"
import { shortest } from "./lengths.js"
import { explain } from "./messages.js"
import { script, written } from "./script.js"
import { silent } from "./silent.js"
import { ALL } from "./tensor.js"

const heading = words => make("p", { class: "insync-heading" }, make("strong", {}, words))
const paragraph = words => make("p", {}, words)

// Code with the button that copies it.
const listed = (words, texts) => {
  const { code, copy, block } = listing(texts)
  code.textContent = words
  copy.tabIndex = 0
  return { block, copy }
}
const ofTorch = words => make("pre", { class: "insync-words-of-torch", lang: "en" }, make("code", {}, words))

const grouped = new Intl.NumberFormat("en-US") // once: making one costs more than a row
const whole = number => grouped.format(number).replaceAll(",", "\u2009")
const shapeOf = x => `(${x.shape.join(", ")}${x.shape.length === 1 ? "," : ""})`
const axesOf = (x, texts) => x.axes.map(each => (each === "F" ? texts.features : each === "layers" ? texts.layers : each)).join(", ")

// ---- The table.

const cell = (name, words, attributes = {}) => make(name, attributes, words)

const nameOf = ({ module, label, inline }) => (module?.rule && module.args && !inline ? written(module, "") : label.replace(/\s+/g, " "))

// The words of a layer's cells, from the second on.
const cellsOf = (each, texts) => {
  const { out, field, shared, parameters, madds } = each, [taken, of] = out.step, known = field !== ALL && field !== null
  const reach = field === ALL ? texts.all : known ? String(field) : "–"
  return [shared ? texts.shared : whole(parameters), whole(madds), reach, known ? (of === 1 ? String(taken) : `${taken}/${of}`) : "–"]
}

// A row's head: the layer's name and, in a network with names, the way there.
const headOf = () => {
  const path = make("small"), name = make("code", { translate: "no" }), head = make("th", { scope: "row" }, name)
  const draw = each => {
    if (each.path && path.parentNode !== head) head.replaceChildren(path, " ", name)
    if (!each.path && path.parentNode === head) head.replaceChildren(name)
    setText(path, each.path ?? "")
    setText(name, nameOf(each))
  }
  return { head, draw }
}

// A row whose words change and whose elements stay: making and styling them anew costs more than all the rest.
const layerRow = texts => {
  const { head, draw: drawHead } = headOf(), shape = make("span", { class: "insync-shape" }), axes = make("small")
  const cells = [0, 1, 2, 3].map(() => make("td"))
  const draw = each => {
    drawHead(each)
    setText(shape, shapeOf(each.out))
    setText(axes, axesOf(each.out, texts))
    for (const [n, words] of cellsOf(each, texts).entries()) setText(cells[n], words)
  }
  return { element: make("tr", {}, head, make("td", {}, shape, " ", axes), ...cells), draw }
}

const refusedRow = texts => {
  const { head, draw } = headOf()
  return { element: make("tr", { "data-refused": "" }, head, cell("td", texts.refused, { colspan: "5" })), draw }
}

const inputRow = texts => {
  const shape = make("span", { class: "insync-shape" }), axes = make("small")
  const element = make("tr", {}, make("th", { scope: "row" }, texts.head_input), make("td", {}, shape, " ", axes), ...["", "", "1", "1"].map(words => cell("td", words)))
  const draw = input => {
    setText(shape, shapeOf(input))
    setText(axes, axesOf(input, texts))
  }
  return { element, draw }
}

export const tableOf = texts => {
  const heads = [texts.head_layer, texts.head_shape, texts.head_parameters, texts.head_madds, texts.head_field, texts.head_step]
  const body = make("tbody"), sums = [make("td"), make("td")], first = inputRow(texts)
  const block = make("div", { class: "insync-part", "data-part": "rows", tabindex: "0", role: "region", "aria-label": texts.rows }, make("table", { class: "insync-table insync-words insync-rows" },
    make("thead", {}, make("tr", {}, ...heads.map(words => cell("th", words, { scope: "col" })))), body,
    make("tfoot", {}, make("tr", {}, make("th", { scope: "row" }, texts.sum), make("td"), ...sums, make("td"), make("td")))))
  const lines = []
  // The last row alone can be one that torch refuses. Rows that a text in the making lacks for a moment are kept for the next.
  const lineFor = (n, refused) => {
    if (lines[n]?.refused !== refused) {
      lines[n]?.element.remove()
      lines[n] = { refused, ...(refused ? refusedRow : layerRow)(texts) }
    }
    return lines[n]
  }
  body.append(first.element)
  const draw = ({ rows, input, parameters, madds }) => {
    setHidden(block, !input || !rows.length)
    if (block.hidden) return
    first.draw(input)
    for (const { element } of lines.slice(rows.length)) element.remove()
    const shown = rows.map((each, n) => {
      const { element, draw: drawRow } = lineFor(n, !!each.refused)
      drawRow(each)
      return element
    })
    body.append(...shown.filter(element => !element.isConnected)) // all at once; what is missing is missing at the end
    setText(sums[0], whole(parameters))
    setText(sums[1], whole(madds))
  }
  return { block, draw }
}

// ---- A refusal, and what to write.

// An anchor of the page of error messages (`errors`, its address), or of another page: guide/padding#errors.
const linkTo = (anchor, { texts, errors }) => {
  const [page, name] = anchor.includes("#") ? anchor.split("#") : ["guide/errors", anchor]
  return make("a", { href: `${errors.replace("guide/errors", page)}#${name}` }, texts.more)
}

const cureOf = (cure, { texts, use }) => {
  const shown = cure.code ? listed(cure.code, texts) : null
  return make("li", {},
    paragraph(fill(texts[`cure_${cure.say}`], cure.values)), ...(shown ? [shown.block] : []), paragraph(fill(texts.promise, { shape: `(${cure.shape.join(", ")})` })),
    buttons(button(texts.use, () => use({ code: cure.text, input: cure.input }), { tabindex: "0" }), ...(shown ? [shown.copy] : [])))
}

const refusal = (result, state, tools) => {
  const { texts } = tools, { refused } = result, message = explain(refused.message, texts), found = cures(result, state.code, state.input)
  return make("section", { class: "insync-refusal" },
    paragraph(fill(texts.refused_line, { line: result.rows.at(-1).line })), ofTorch(refused.message),
    ...(message?.known ? [...message.says.map(words => paragraph(words)), make("p", {}, linkTo(message.anchor, tools))] : []),
    ...(found.length ? [heading(texts.cures), make("ol", { class: "insync-cures" }, ...found.map(each => cureOf(each, tools)))] : [paragraph(texts.no_cure)]))
}

// ---- The whole answer about a network.

const notes = (result, { texts }) => {
  const all = result.notes.filter(({ id }) => texts[`note_${id}`]).map(({ id, values, line }) => fill(texts[`note_${id}`], { ...values, line }))
  if (result.given?.assumed && result.input) all.unshift(fill(texts.note_assumed, { shape: shapeOf(result.input) }))
  return all.length ? [make("ul", { class: "insync-notes" }, ...all.map(words => make("li", {}, words)))] : []
}

const warnings = (result, { texts }) => {
  const found = silent(result)
  return found.length ? [heading(texts.silent), make("ul", { class: "insync-silent" }, ...found.map(({ id, values, row: { line } }) => make("li", {}, `${fill(texts.line, { line })} ${fill(texts[`silent_${id}`], values)}`)))] : []
}

const sums = (result, state, { texts }) => {
  const all = [], { unread } = result, least = shortest(result, state)
  if (least) all.push(fill(texts.least, { least: `(${least.join(", ")})` }))
  if (unread?.length) all.push(fill(texts.unread, { count: unread.length, list: unread.length > 12 ? `${unread.slice(0, 12).join(", ")}, …` : unread.join(", ") }))
  else if (unread && result.input.axes.includes("L")) all.push(texts.all_read)
  return all.map(words => paragraph(words))
}

// What stands above the table, and what stands below it: that takes longer, and comes after the frame.
export const notesOf = (result, state, tools) =>
  result.rows.length ? notes(result, tools) : [...notes(result, tools), paragraph(state.code.trim() ? tools.texts.nothing : tools.texts.empty)]

export const restOf = (result, state, tools) => {
  if (!result.rows.length) return []
  const { texts } = tools, program = script(result, texts), shown = listed(program, texts)
  return [
    ...(result.refused ? [refusal(result, state, tools)] : []), ...warnings(result, tools), ...sums(result, state, tools),
    ...(program ? [make("details", { class: "insync-script" }, make("summary", {}, texts.script), shown.block, buttons(shown.copy))] : []),
  ]
}

// ---- The whole answer about a message.

const cureOfMessage = ({ text, code }, texts) => {
  const shown = code ? listed(code, texts) : null
  return make("li", {}, paragraph(text), ...(shown ? [shown.block, buttons(shown.copy)] : []))
}

export const showMessage = (message, tools) => {
  const { texts } = tools, words = ofTorch(message.message)
  if (!message.known) return [words, paragraph(texts.unknown_message), make("p", {}, make("a", { href: tools.errors }, texts.all_messages))]
  const cures = message.cures.map(each => cureOfMessage(each, texts))
  return [words, ...message.says.map(each => paragraph(each)), ...(cures.length ? [heading(texts.cures), make("ol", { class: "insync-cures" }, ...cures)] : []), make("p", {}, linkTo(message.anchor, tools))]
}
