// Statements: each logical line is one, blocks have a body. A line that is none becomes { type: "unread" }, and what
// follows is read all the same.
import { Reader, Unread } from "./syntax.js"
import { lines } from "./tokens.js"

const statement = reader => {
  const { start } = reader.token, node = (type, values) => reader.node(type, start, values)
  if (reader.take("import", "from", "pass", "global", "@", "assert", "del")) {
    reader.at = reader.tokens.length
    return node("nothing")
  }
  const jump = reader.take("break", "continue")
  if (jump) return node("jump", { name: jump.text })
  if (reader.take("return")) return node("return", { value: reader.token.kind === "nothing" ? null : reader.values() })
  const value = reader.values()
  if (reader.is(":") && reader.tokens.some(token => token.text === "=")) // a type beside a name
    while (!reader.is("=")) reader.at++
  const targets = [value]
  while (reader.take("=")) targets.push(reader.values())
  if (targets.length > 1) return node("assign", { targets: targets.slice(0, -1), value: targets.at(-1) })
  const sign = reader.take("+=", "-=", "*=", "/=", "//=")
  if (sign) return node("assign", { targets: [value], value: node("binary", { sign: sign.text.slice(0, -1), left: value, right: reader.values() }) })
  return node("expression", { value })
}

// The first line of a block: `class`, `def`, `for`, `if`, … up to its colon.
const header = reader => {
  const { start } = reader.token, word = reader.take("class", "def", "for", "if", "elif", "else", "with", "while", "try", "except", "finally", "async")
  if (!word) return null
  const node = values => reader.node(word.text, start, values)
  if (word.text === "class" || word.text === "def") {
    const name = reader.tokens[reader.at++]
    if (name?.kind !== "name") throw new Unread()
    const given = word.text === "def" ? parameters(reader) : skipped(reader)
    reader.need(":")
    return node({ name: name.text, given })
  }
  const more = word.text === "for" ? loop(reader) : word.text === "if" || word.text === "elif" ? { test: reader.value() } : {}
  while (reader.token.kind !== "nothing" && !reader.is(":")) reader.at++
  reader.need(":")
  return node(more)
}

const loop = reader => {
  const target = reader.targets()
  reader.need("in")
  return { target, over: reader.values() }
}

const skipped = reader => {
  while (reader.token.kind !== "nothing" && !reader.is(":")) reader.at++
  return null
}

const parameters = reader => {
  const found = []
  reader.need("(")
  while (!reader.is(")")) {
    const star = reader.take("*", "**", "/"), name = reader.token.kind === "name" ? reader.tokens[reader.at++].text : null
    if (!star && !name) throw new Unread()
    if (reader.take(":")) reader.binary(0)
    const usual = reader.take("=") ? reader.value() : null
    if (name) found.push({ name, usual, star: star?.text ?? "" })
    if (!reader.take(",")) break
  }
  reader.need(")")
  if (reader.take("->")) reader.value()
  return found
}

const readLine = line => {
  const where = { start: line.start, end: line.end, comment: line.comment }
  const reader = new Reader(line.tokens)
  try {
    const head = header(reader)
    const rest = reader.at < reader.tokens.length || !head ? statement(reader) : null
    if (reader.at < reader.tokens.length && reader.is(",")) reader.at++ // an item that was cut out of a list
    if (reader.at < reader.tokens.length) throw new Unread()
    return head ? { ...head, ...where, block: true, body: rest ? [{ ...rest, ...where }] : [] } : { ...rest, ...where }
  } catch (error) {
    if (!(error instanceof Unread)) throw error
    return { type: "unread", ...where }
  }
}

// The statements of a text, blocks with their bodies. Indentation matters inside a block only: a fragment may begin
// anywhere.
export const parse = text => {
  const root = [], blocks = [] // blocks: { indent, body }, the innermost last
  for (const line of lines(text)) {
    const read = readLine(line)
    while (blocks.length && line.indent <= blocks.at(-1).indent) blocks.pop()
    const body = blocks.at(-1)?.body ?? root
    body.push(read)
    if (read.block && !read.body.length) blocks.push({ indent: line.indent, body: read.body })
  }
  return root
}
