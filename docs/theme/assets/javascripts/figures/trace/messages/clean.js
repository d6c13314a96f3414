// A pasted text, made fit for comparing: without what terminals, notebooks, logs and forums put around a message.

const LIMIT = 40_000 // characters, some 500 lines; of a longer text the end, where the error stands

const ESC = "\u001b"
const ENTITIES = { "&#39;": "'", "&apos;": "'", "&quot;": '"', "&lt;": "<", "&gt;": ">", "&amp;": "&" }
const REPLACED = [
  [new RegExp(`${ESC}\\[[\\d;?]{0,20}[A-Za-z]`, "g"), ""], // colours
  [/\r\n?/g, "\n"],
  [/\\n/g, "\n"], // as in a log that writes a whole traceback on one line
  [/[\uFF01-\uFF5E]/g, sign => String.fromCharCode(sign.charCodeAt(0) - 0xfee0)], // full width
  [/[\u2018\u2019\u201A\u201B\u2032]/g, "'"],
  [/[\u201C\u201D\u201E\u2033\u00AB\u00BB\u300C\u300D]/g, '"'],
  [/[\u00A0\u2000-\u200A\u202F\u3000\t\f\v]/g, " "],
  [/[\u200B-\u200F\u2060\uFEFF\u00AD]/g, ""],
  [/&(?:#39|apos|quot|lt|gt|amp);/g, entity => ENTITIES[entity]],
  [/\\([_*[\]()'"#>-])/g, "$1"], // Markdown's, and those of a repr
  [/(?<![\w)])\*\*|\*\*(?![\w(])|`/g, ""], // bold type and code; 2**32 stays
]

export const clean = pasted => {
  const text = REPLACED.reduce((all, [sign, by]) => all.replace(sign, by), String(pasted).slice(-LIMIT))
  return text.split("\n").map(unquoted).join("\n")
}

// A line without the marks in front of it: pytest's E, a quotation's >, a frame's bar, torchrun's rank.
const unquoted = line => {
  let rest = line.trimEnd()
  if (/[│┃]$/.test(rest)) rest = rest.slice(0, -1).trimEnd()
  for (let n = 0; n < 8; n++) {
    const mark = /^ {0,40}(?:>(?!>)|[│┃|]|E(?= {2})|\[rank\d{1,5}\]:)/.exec(rest)
    if (!mark) break
    rest = rest.slice(mark[0].length)
  }
  return rest
}

// The text without its white space, since a terminal breaks lines anywhere, and for each sign its place in the text.
// Two numbers that only white space keeps apart get a comma; those that a line's end parts are one number where
// that can be seen: in brackets, or behind a long line and in front of more of the sentence.
export const squash = text => {
  const signs = [], places = []
  const push = (sign, at) => {
    signs.push(sign)
    places.push(at)
  }
  let gap = "", line = 0, length = 0, opened = -LIMIT
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]
    if (sign === "\n") [gap, length, line] = [sign, at - line, at + 1]
    else if (sign === " ") gap ||= sign
    else {
      const parted = gap && isDigit(sign) && isDigit(signs.at(-1))
      if (parted && gap === " ") push(",", at - 1)
      else if (parted && at - opened > NEAR && !(length >= LONG && goesOn(text, at))) push("¶", at - 1)
      if (sign === "[" || sign === "(") opened = at
      else if (sign === "]" || sign === ")") opened = -LIMIT
      gap = ""
      push(sign, at)
    }
  }
  return { dense: signs.join(""), places }
}

const NEAR = 120, LONG = 60 // signs behind an open bracket, and in a line
const goesOn = (text, at) => /^\d{1,6}(?: [a-z]|[,.)\]])/.test(text.slice(at, at + 9))
const isDigit = sign => sign >= "0" && sign <= "9"
