// The answer: a table with a row for each layer, what torch says where it refuses, cures, silent mistakes, sums, a script.
import { button, buttons, fill, listing, make, setHidden } from "../kit.js"
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

const whole = number => number.toLocaleString("en-US").replaceAll(",", "\u2009")
const shapeOf = x => `(${x.shape.join(", ")}${x.shape.length === 1 ? "," : ""})`
const axesOf = (x, texts) => x.axes.map(each => (each === "F" ? texts.features : each === "layers" ? texts.layers : each)).join(", ")

// ---- The table.

const cell = (name, words, attributes = {}) => make(name, attributes, words)

const layerName = ({ module, label, path, inline }) => {
  const words = module?.rule && module.args && !inline ? written(module, "") : label.replace(/\s+/g, " ")
  return [...(path ? [make("small", {}, path), " "] : []), make("code", { translate: "no" }, words)]
}

const shapeCell = (x, texts) => make("td", {}, make("span", { class: "insync-shape" }, shapeOf(x)), " ", make("small", {}, axesOf(x, texts)))

const row = (each, texts) => {
  const { out, refused } = each, head = make("th", { scope: "row" }, ...layerName(each))
  if (refused) return make("tr", { "data-refused": "" }, head, cell("td", texts.refused, { colspan: "5" }))
  const step = out.step[1] === 1 ? String(out.step[0]) : `${out.step[0]}/${out.step[1]}`
  const field = each.field === ALL ? texts.all : each.field === null ? "–" : String(each.field)
  return make("tr", {}, head, shapeCell(out, texts), cell("td", each.shared ? texts.shared : whole(each.parameters)), cell("td", whole(each.madds)), cell("td", field), cell("td", each.field === ALL || each.field === null ? "–" : step))
}

// The table stays, and only rows that have become others are made anew: laying out a table costs more than all the rest.
export const tableOf = texts => {
  const heads = [texts.head_layer, texts.head_shape, texts.head_parameters, texts.head_madds, texts.head_field, texts.head_step]
  const body = make("tbody"), sums = make("tfoot")
  const block = make("div", { class: "insync-part", "data-part": "rows", tabindex: "0", role: "region", "aria-label": texts.rows }, make("table", { class: "insync-table insync-words insync-rows" },
    make("thead", {}, make("tr", {}, ...heads.map(words => cell("th", words, { scope: "col" })))), body, sums))
  let keys = []
  const put = (n, key, element) => {
    if (keys[n] === key) return
    keys[n] = key
    const made = element()
    if (body.children[n]) body.children[n].replaceWith(made)
    else body.append(made)
  }
  const draw = ({ rows, input, parameters, madds }) => {
    setHidden(block, !input || !rows.length)
    if (block.hidden) return
    put(0, keyOf({ out: input }), () => inputRow(input, texts))
    for (const [n, each] of rows.entries()) put(n + 1, keyOf(each), () => row(each, texts))
    while (body.children.length > rows.length + 1) body.lastChild.remove()
    keys = keys.slice(0, rows.length + 1)
    sums.replaceChildren(make("tr", {}, make("th", { scope: "row" }, texts.sum), cell("td", ""), cell("td", whole(parameters)), cell("td", whole(madds)), cell("td", ""), cell("td", "")))
  }
  return { block, draw }
}
const keyOf = ({ module, label, path, out, refused, field, parameters, madds, shared }) =>
  [module?.args ? written(module, "") : label, path, out?.shape, out?.axes, out?.step, !!refused, field, parameters, madds, shared].join("|")
const inputRow = (input, texts) => make("tr", {}, make("th", { scope: "row" }, texts.head_input), shapeCell(input, texts), ...["", "", "1", "1"].map(each => cell("td", each)))

// ---- A refusal, and what to write.

const linkTo = (anchor, { texts, errors }) => make("a", { href: anchor.includes("#") ? `${errors.replace(/guide\/errors\/$/, "")}${anchor.replace("#", "/#")}` : `${errors}#${anchor}` }, texts.more)

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
