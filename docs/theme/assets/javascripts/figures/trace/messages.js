// From an error message to its explanation. What a message means is data: entries in messages/, one for each kind,
// with patterns, the section of the site that says more, and the keys of texts.
//
//   { id, at, find, is, read, says, cures }
//
// `find` are patterns (messages/match.js says how they are written), `at` is an anchor of the errors page, or a page
// with one; `is(values)` declines a match, `read(values)` adds values to those of the pattern, `says(values)` gives
// keys of sentences, `cures(values)` gives [key, code]. The last three may be lists where nothing is to decide.
// A key is that of a text without "msg_"; values stand in texts and code as {name}.

import { fill } from "../kit.js"
import { around } from "./messages/around.js"
import { building } from "./messages/building.js"
import { clean } from "./messages/clean.js"
import { matches, unwrapped } from "./messages/match.js"
import { others } from "./messages/others.js"
import { shapes } from "./messages/shapes.js"
import { types } from "./messages/types.js"

export const ENTRIES = [...shapes, ...types, ...building, ...around, ...others]

// null where there is no error message; { known: false, message } where it is none of ours.
export const explain = (pasted, texts) => {
  const text = clean(pasted), code = hasCode(text)
  const ours = matches(text, ENTRIES).filter(match => stands(text, match.from, code))
  const last = ours.reduce((best, match) => (best && better(best, match) ? best : match), null)
  const errors = errorLines(text, code)
  const foreign = errors.filter((error, n) => {
    const end = errors[n + 1]?.from ?? text.length
    return !ours.some(match => match.from >= error.from && match.from < end && !text.slice(error.from, match.from).includes("\n\n"))
  })
  if (last) {
    const later = foreign.filter(error => error.from > last.from && !WRAPPERS.test(error.type)).at(-1)
    const caused = later && text.slice(last.from, later.from).includes("the direct cause of the following")
    if (!later || caused) return answer(text, first(ours, last, text), texts, errors)
    return { known: false, message: later.message }
  }
  return foreign.length > 0 ? { known: false, message: foreign.at(-1).message } : untyped(text, code)
}

// They say that something failed elsewhere, and come after the message that says what.
const WRAPPERS = /^(?:CalledProcessError|ChildFailedError|ProcessRaisedException|ProcessExitedException|KeyboardInterrupt|SystemExit|BdbQuit)$/

// Of two places the later one counts, and of two that overlap the longer.
const better = (a, b) => (a.to > b.from && b.to > a.from ? a.to - a.from >= b.to - b.from : a.from > b.from)

// A list of mismatches is explained by its first.
const first = (ours, last, text) => {
  if (!last.entry.list) return last
  const head = text.lastIndexOf("Error(s) in loading", last.from)
  return ours.find(match => match.entry === last.entry && match.from > head) ?? last
}

// An error without its type: what ends a traceback, or a line in the words of messages where there is no code.
const COMPLAINT = /out of memory|segmentation fault|is not defined|has no attribute|insufficient|not (?:supported|implemented|allowed|compatible)|cannot be |must (?:be|have|match) |expected .{1,80} (?:but|got) /i
const untyped = (text, code) => {
  const at = text.lastIndexOf("Traceback (most recent call last)")
  const lines = (at < 0 ? text : text.slice(at)).split("\n").map(line => line.trim()).filter(Boolean)
  const line = at >= 0 ? lines.at(-1) : code || lines.length > 3 ? "" : lines.find(each => COMPLAINT.test(each) && !/[?\uFF1F]$/.test(each))
  return line ? { known: false, message: line.slice(0, 400) } : null
}

const answer = (text, match, texts, errors) => {
  const { entry } = match
  const values = { ...match.values, ...entry.read?.(match.values) }
  const shown = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]))
  const ask = part => (typeof part === "function" ? part(values) : part ?? []).filter(Boolean)
  const say = key => singular(fill(texts[`msg_${key}`] ?? key, shown))
  return {
    known: true,
    id: entry.id,
    anchor: typeof entry.at === "function" ? entry.at(values) : entry.at,
    message: errors.find(error => error.alone && error.from <= match.from && error.to >= match.to)?.message
      ?? typed(text, match) + unwrapped(text, match),
    says: ask(entry.says).map(say),
    cures: ask(entry.cures).map(([key, code]) => ({ text: say(key), code: fill(code, shown) })),
  }
}

// One thing is no plural in English.
const singular = text => text.replace(/\b1 ((?:input |output )?)(sample|channel|position|zero|group|row|number|feature|bias|label|output|ax)(?:s|es)\b/g,
  (_, side, thing) => `1 ${side}${thing === "ax" ? "axis" : thing}`)

// The type in front of a message, if one stands there.
const TYPE = /([\w.]{0,120}(?:Error|Exception))\s?:\s{0,200}["']?$/
const typed = (text, { from }) => {
  const type = TYPE.exec(text.slice(Math.max(0, from - 400), from).replace(/\s+/g, " "))
  return type ? `${type[1].split(".").at(-1)}: ` : ""
}

// ---- Where a message stands as an error, and where it is quoted in code.

const hasCode = text =>
  /\bnn\.[A-Z]\w{0,40}\(|\b(?:F|torch)\.\w{1,40}\(|\bself\.\w{1,40}|^ {0,40}(?:import \w|from [\w.]{1,60} import |def \w|class \w|>>> |[a-z]\w{0,40} = )/m.test(text)

// What stands on its line in front of a place; of a long line the end.
const lineBefore = (text, from) => text.slice(Math.max(0, from - 400), from).split("\n").at(-1)

const COMMENT = /(?:^|\s)#(?!\d)/ // but not "Argument #4"

const stands = (text, from, code) => {
  const line = lineBefore(text, from)
  if (code && COMMENT.test(line)) return false
  const near = text.slice(Math.max(0, from - 160), from).replace(/\s+/g, " ").replace(TYPE, "")
  if (/\braise [\w.]{1,80}\( ?[rbf]{0,2}["']?$/.test(near)) return false
  if (/\b(?:match|regex|pattern) ?==? ?[rbf]{0,2}["']$/.test(near)) return false
  const called = /(\w{1,60})\([rbf]{0,2}["']$/.exec(near)
  return !called || /(?:Error|Exception|Exit)$/.test(called[1])
}

// ---- Error lines of any kind: { type, from, to, message, alone }, `alone` if nothing stands in front of the type.

const errorLines = (text, code) => {
  const found = []
  for (const { index, 0: word } of [...text.matchAll(/(?:Error|Exception|Interrupt|Exit)\b/g)].slice(-100)) {
    let from = index
    while (from > 0 && index - from < 120 && /[\w.]/.test(text[from - 1])) from--
    const end = index + word.length, type = text.slice(from, end).split(".").at(-1)
    const line = lineBefore(text, from), [rest, next = ""] = text.slice(end, end + 600).split("\n")
    if (!/^[A-Z]/.test(type) || line.length > 300 || !asError(line, rest, code)) continue
    const more = rest.length > 1 ? rest : `${rest} ${next}`
    const message = (type + more).trim().replace(/\s+/g, " ").slice(0, 400)
    found.push({ type, from, to: end + rest.length, message, alone: line.trim() === "" })
  }
  for (const { index, 0: line } of code ? [] : [...text.matchAll(/^[A-Za-z][\w .-]{0,40} error: ?\S.{0,300}/gm)].slice(-100))
    found.push({ type: "", from: index, to: index + line.length, message: line, alone: false })
  return found.sort((a, b) => a.from - b.from)
}

const asError = (line, rest, code) => {
  if (/^ {0,80}(?:except|raise|def|class|return|assert|from|import)\b/.test(line) || (code && COMMENT.test(line))) return false
  if (/["'(=,[]$|[(=,[] $/.test(line)) return false
  return /^ ?:/.test(rest) || (rest.trim() === "" && line.trim() === "")
}
