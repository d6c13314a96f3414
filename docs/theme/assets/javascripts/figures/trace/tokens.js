// Reads pasted Python as lines of tokens. Nothing in a text is ever run, and every text can be read: what is no token of
// Python becomes a token of its own, which no rule of syntax.js takes.

export const LONGEST = 20000 // characters; what comes behind is not read, and the page says so

// A text as its reader meant it, character for character, so that places in it stay what they are: full-width signs
// become Python's, prompts, quotation marks of mails and Markdown's fences become blanks.
export const plain = text =>
  text.slice(0, LONGEST)
    .replace(/[\uFF01-\uFF5E]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xFEE0))
    .replace(/[\u3000\u00A0\u2000-\u200B\uFEFF\t]/g, " ")
    .replace(/[“”„«»]/g, "\"").replace(/[‘’‚]/g, "'").replace(/[−–]/g, "-").replace(/[。]/g, ".").replace(/[、]/g, ",")
    .replace(/\r\n|\r/g, ends => `${" ".repeat(ends.length - 1)}\n`)
    .replace(/^ *(?:>>>|\.\.\.|>|In ?\[\d*\]:|Out ?\[\d*\]:)(?= |$)/gm, prompt => " ".repeat(prompt.length))
    .replace(/^ *(?:```|~~~).*$/gm, fence => " ".repeat(fence.length))

// Each alternative is linear in what it reads.
const TOKEN = new RegExp([
  /(?<blank>[ \f]+|\\ *\n)/, /(?<end>\n)/, /(?<comment>#[^\n]*)/,
  /(?<text>[rRbBuUfF]{0,2}(?:"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
  /(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/, /(?<name>[\p{L}_][\p{L}\p{N}_]*)/u,
  /(?<sign>\*\*=?|\/\/=?|->|:=|[=!<>+\-*/%@&|^]=|<<|>>|\.\.\.|[-+*/%@&|^~<>=()[\]{},:.;])/, /(?<other>[\s\S])/,
].map(part => part.source).join("|"), "yu")

const tokenAt = (text, start) => {
  TOKEN.lastIndex = start
  const { groups, 0: { length } } = TOKEN.exec(text)
  const kind = Object.keys(groups).find(name => groups[name] !== undefined)
  return { kind, text: groups[kind], start, end: start + length }
}

const OPEN = "([{", CLOSE = ")]}"

// Logical lines: { indent, tokens, comment, start, end }. A line goes on inside parentheses, however it is broken. One that
// is never closed ends where a line begins that cannot stand inside: what a reader is still typing.
export const lines = text => {
  const found = []
  let line = null, depth = 0
  const close = () => {
    if (line?.tokens.length) found.push(line)
    line = null
    depth = 0
  }
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at)
    at = token.end
    if (token.kind === "end" && (depth === 0 || startsStatement(text, at))) close()
    if (token.kind === "blank" || token.kind === "end") continue
    line ??= { indent: indentOf(text, token.start), tokens: [], comment: "", start: token.start, end: token.end }
    if (token.kind === "comment") {
      line.comment += token.text
      continue
    }
    if (token.text === ";" && depth === 0) {
      const { indent } = line
      close()
      line = { indent, tokens: [], comment: "", start: token.end, end: token.end }
      continue
    }
    if (token.kind === "sign" && OPEN.includes(token.text)) depth++
    if (token.kind === "sign" && CLOSE.includes(token.text)) depth = Math.max(0, depth - 1)
    line.tokens.push(token)
    line.end = token.end
  }
  close()
  return found
}

const indentOf = (text, at) => at - (text.lastIndexOf("\n", at - 1) + 1)

// A line that begins so is none of an expression in parentheses.
const STATEMENT = / *(?:self\.\w+ *=[^=]|(?:def|class|return|import|from) [\w.])/y
const startsStatement = (text, at) => {
  STATEMENT.lastIndex = at
  return STATEMENT.test(text)
}

// Gives the number of the line, from 1, that a place in the text is on.
export const lineFinder = text => {
  const ends = [...text.matchAll(/\n/g)].map(({ index }) => index)
  return at => {
    let low = 0, high = ends.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (ends[middle] < at) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}
