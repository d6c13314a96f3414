// The expressions of Python that networks are written in, as a tree. Each node has a type, and where it starts and ends in
// the text.

export class Unread {} // no Error: where it was thrown does not matter, and to note that for each line costs more than reading it

const BINARY = [
  ["or"], ["and"], ["in", "is", "<", ">", "==", "!=", "<=", ">="], ["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"],
  ["*", "/", "//", "%", "@"],
]
// Parentheses in parentheses, and terms of a sum, each a level of the tree: pasted nonsense must not fill the stack.
const DEEPEST = 60, LONGEST = 500

export class Reader {
  constructor(tokens) {
    this.tokens = tokens
    this.at = 0
    this.depth = 0
    this.printing = false // inside what torch printed
  }

  get token() {
    return this.tokens[this.at] ?? { kind: "nothing", text: "", start: this.tokens.at(-1)?.end ?? 0, end: this.tokens.at(-1)?.end ?? 0 }
  }
  is(...texts) {
    return this.token.kind !== "text" && texts.includes(this.token.text)
  }
  take(...texts) {
    if (!this.is(...texts)) return null
    return this.tokens[this.at++]
  }
  need(text) {
    const token = this.take(text)
    if (!token) throw new Unread()
    return token
  }
  get last() {
    return this.tokens[this.at - 1]?.end ?? 0
  }
  node(type, start, values) {
    return { type, start, end: this.last, ...values }
  }

  // A value, or several with commas between: a tuple.
  values() {
    const { start } = this.token, items = [this.value()]
    if (!this.is(",")) return items[0]
    while (this.take(",") && !this.done()) items.push(this.value())
    return this.node("tuple", start, { items })
  }
  done() {
    return this.token.kind === "nothing" || this.is(")", "]", "}", "=", ":", "+=")
  }

  value() {
    if (++this.depth > DEEPEST) throw new Unread()
    const { start } = this.token, star = this.take("*", "**")
    let value = star ? this.node("star", start, { value: this.binary(0), double: star.text === "**" }) : this.binary(0)
    if (this.take("if")) {
      const test = this.binary(0)
      this.need("else")
      value = this.node("choice", start, { test, yes: value, no: this.value() })
    }
    this.depth--
    return value
  }

  binary(level) {
    if (level === BINARY.length) return this.unary()
    const { start } = this.token
    let left = this.binary(level + 1), count = 0
    for (let sign = this.take(...BINARY[level]); sign; sign = this.take(...BINARY[level])) {
      if (++count > LONGEST) throw new Unread()
      const negated = sign.text === "is" && this.take("not")
      left = this.node("binary", start, { sign: negated ? "is not" : sign.text, left, right: this.binary(level + 1) })
    }
    return left
  }

  unary() {
    const { start } = this.token, sign = this.take("-", "+", "not", "~")
    if (++this.depth > DEEPEST) throw new Unread()
    if (sign) {
      const made = this.node("unary", start, { sign: sign.text, value: this.unary() })
      this.depth--
      return { ...made, end: this.last }
    }
    const base = this.postfix(), power = this.take("**") && this.unary()
    this.depth--
    return power ? this.node("binary", start, { sign: "**", left: base, right: power }) : base
  }

  postfix() {
    const { start } = this.token
    let value = this.atom()
    for (;;) {
      if (this.take(".")) {
        const name = this.tokens[this.at++]
        if (name?.kind !== "name") throw new Unread()
        value = this.node("member", start, { value, name: name.text })
      } else if (!(this.printing && this.isPrinted()) && this.take("(")) value = this.call(start, value)
      else if (this.take("[")) {
        const item = this.slices()
        this.need("]")
        value = this.node("item", start, { value, item })
      } else return value
    }
  }

  // Arguments in Python's forms, and in the form in which torch prints a network: `(0): Conv1d(…)`, line by line.
  call(start, value) {
    const args = [], named = []
    const open = this.last
    while (!this.is(")")) {
      if (this.token.kind === "nothing") break // still being typed
      const printed = this.printed(), key = !printed && this.key()
      if (printed) {
        this.printing = true
        named.push({ ...printed, printed: true, value: this.value() })
      } else if (key) named.push({ ...key, value: this.value() })
      else {
        const each = this.value()
        args.push(this.is("for") ? this.each(each.start, each) : each)
      }
      if (!this.take(",") && !this.is(")") && !this.is("(")) break
    }
    const inside = this.last, closed = this.take(")")
    if (!closed && this.token.kind !== "nothing") throw new Unread()
    return this.node("call", start, { value, args, named, open, inside })
  }
  key() {
    const [name, sign] = [this.token, this.tokens[this.at + 1]]
    if (name.kind !== "name" || sign?.kind !== "sign" || sign.text !== "=") return null
    this.at += 2
    return { name: name.text, start: name.start }
  }
  isPrinted() {
    const [open, name, close, sign] = this.tokens.slice(this.at, this.at + 4)
    return open?.text === "(" && close?.text === ")" && sign?.text === ":" && ["name", "number"].includes(name.kind)
  }
  printed() {
    if (!this.isPrinted()) return null
    const [open, name] = this.tokens.slice(this.at)
    this.at += 4
    return { name: name.text, start: open.start }
  }

  slices() {
    const { start } = this.token, items = [this.slice()]
    while (this.take(",") && !this.is("]")) items.push(this.slice())
    return items.length > 1 ? this.node("tuple", start, { items }) : items[0]
  }
  slice() {
    const { start } = this.token, part = () => (this.is(":", "]", ",") ? null : this.value())
    const first = part()
    if (!this.take(":")) {
      if (!first) throw new Unread()
      return first
    }
    const last = part(), step = this.take(":") ? part() : null
    return this.node("slice", start, { first, last, step })
  }

  atom() {
    const token = this.tokens[this.at++] ?? { kind: "nothing" }, { start } = token
    if (token.kind === "number") return this.node("number", start, { text: token.text })
    if (token.kind === "text") {
      while (this.token.kind === "text") this.at++ // texts side by side are one
      return this.node("text", start, { text: token.text })
    }
    if (token.kind === "name") return this.node("name", start, { name: token.text })
    if (token.text === "...") return this.node("dots", start, {})
    if (token.text === "(") return this.group(start, ")", "tuple")
    if (token.text === "[") return this.group(start, "]", "list")
    if (token.text === "{") return this.dictionary(start)
    throw new Unread()
  }

  group(start, closing, type) {
    const items = []
    let commas = 0
    while (!this.is(closing) && this.token.kind !== "nothing") {
      const item = this.value()
      items.push(this.is("for") ? this.each(start, item) : item)
      if (!this.take(",")) break
      commas++
    }
    if (!this.take(closing) && this.token.kind !== "nothing") throw new Unread()
    if (type === "tuple" && items.length === 1 && !commas) return { ...items[0], start, end: this.last }
    return this.node(type, start, { items })
  }
  dictionary(start) {
    const pairs = []
    while (!this.is("}") && this.token.kind !== "nothing") {
      const key = this.value()
      this.need(":")
      pairs.push([key, this.value()])
      if (!this.take(",")) break
    }
    if (!this.take("}") && this.token.kind !== "nothing") throw new Unread()
    return this.node("dictionary", start, { pairs })
  }
  // `value for name in values`
  each(start, value) {
    this.need("for")
    const target = this.targets()
    this.need("in")
    const over = this.binary(0)
    if (this.is("if", "for")) throw new Unread()
    return this.node("each", start, { value, target, over })
  }
  targets() {
    const { start } = this.token, items = [this.postfix()]
    while (this.take(",")) items.push(this.postfix())
    return items.length > 1 ? this.node("tuple", start, { items }) : items[0]
  }
}
