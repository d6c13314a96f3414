// Your own network: code or an error message in; shapes, what torch refuses and why, and cures out. Nothing leaves the page:
// the texts are read here, and its address keeps them behind the #, which browsers send to nobody.
import { fill, given, make } from "./kit.js"
import { explain } from "./trace/messages.js"
import { editor, readState, writeState } from "./trace/editor.js"
import { notesOf, restOf, showMessage, tableOf } from "./trace/show.js"
import { trace } from "./trace/network.js"

// The parts of the answer, from above: what is said of the text, the table, and the rest.
const answerParts = texts => {
  const notes = make("div"), table = tableOf(texts), rest = make("div"), said = make("p", { class: "insync-said", role: "status" })
  let pending = 0
  const later = act => {
    clearTimeout(pending)
    pending = setTimeout(() => rest.replaceChildren(...act()), 30)
  }
  const status = words => {
    if (said.textContent !== words) said.textContent = words
  }
  return { notes, table, later, status, block: make("div", { class: "insync-answer" }, said, notes, table.block, rest) }
}

const draw = ({ notes, table, later, status }, lines, state, tools) => {
  const { texts } = tools, message = explain(state.code, texts)
  if (message) {
    lines.mark([])
    status(message.known ? texts.said_message : texts.said_unknown)
    table.draw({ rows: [] })
    notes.replaceChildren()
    later(() => showMessage(message, tools))
    return
  }
  const result = trace(state.code, state.input), { rows, refused } = result
  lines.mark(refused ? [rows.at(-1).line] : [])
  status(refused ? fill(texts.said_refused, { line: rows.at(-1).line }) : fill(texts.said_shapes, { count: rows.length }))
  notes.replaceChildren(...notesOf(result, state, tools))
  table.draw(result)
  later(() => restOf(result, state, tools))
}

export default function live(figure) {
  const { data, texts } = given(figure), start = { code: data.code, input: data.given, ...readState() }
  const parts = answerParts(texts)
  const boxes = editor(start, texts, state => {
    draw(parts, boxes.lines, state, tools)
    writeState(state, data)
  })
  const tools = { texts, use: boxes.set, errors: document.querySelector("meta[name='site:errors']").content }
  const examples = data.examples.map(({ code, given: input }, n) => boxes.example(texts[`example_${n}`], { code, input }))
  figure.querySelector("[data-part=example]").hidden = true
  figure.append(make("div", { class: "insync-buttons" }, ...examples), boxes.block, parts.block)
  figure.dataset.live = "yes"
  draw(parts, boxes.lines, start, tools)
}
