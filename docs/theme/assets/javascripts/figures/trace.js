// Your own network: code or an error message in; shapes, what torch refuses and why, and cures out. Nothing leaves the page:
// the texts are read here, and its address keeps them behind the #, which browsers send to nobody.
import { fill, given, make } from "./kit.js"
import { explain } from "./trace/messages.js"
import { editor, readState, writeState } from "./trace/editor.js"
import { showMessage, showNetwork } from "./trace/show.js"
import { trace } from "./trace/network.js"

const draw = ({ output, status, lines }, state, tools) => {
  const { texts, data } = tools, message = explain(state.code, texts)
  if (message) {
    lines.mark([])
    status(message.known ? texts.said_message : texts.said_unknown)
    output.replaceChildren(...showMessage(message, tools))
    return null
  }
  const result = trace(state.code, state.input)
  lines.mark(result.refused ? [result.rows.at(-1).line] : [])
  status(result.refused ? fill(texts.said_refused, { line: result.rows.at(-1).line }) : fill(texts.said_shapes, { count: result.rows.length }))
  output.replaceChildren(...showNetwork(result, state, { ...tools, data }))
  return result
}

export default function live(figure) {
  const { data, texts } = given(figure)
  const table = figure.querySelector("[data-part=example]")
  const start = { code: data.code, input: data.given, ...readState() }
  const output = make("div", { class: "insync-answer" }), said = make("p", { class: "insync-said", role: "status" })
  const parts = editor(start, texts, state => {
    answer(state)
    writeState(state, data)
  })
  const status = words => {
    if (said.textContent !== words) said.textContent = words
  }
  const tools = { texts, data, use: parts.set, errors: data.errors, link: document.documentElement.lang }
  const answer = state => draw({ output, status, lines: parts.lines }, state, tools)
  const examples = make("div", { class: "insync-buttons" }, ...data.examples.map(({ code, given: input }, n) => parts.example(texts[`example_${n}`], { code, input })))
  table.hidden = true
  figure.append(examples, parts.block, said, output)
  figure.dataset.live = "yes"
  answer(start)
}
