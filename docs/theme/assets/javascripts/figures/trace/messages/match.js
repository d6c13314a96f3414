// Patterns of messages, and where they stand in a text. A pattern is the message itself with names for its parts:
// <n> a whole number, <n*> numbers in brackets, <n?> a word, <n!> a scalar type, <n~> a few signs of any kind (… if
// they need no name).

import { squash } from "./clean.js"

// Every part is bounded and none holds another that repeats, so a match costs no more than a constant for each sign
// of the text, whatever the text is. (The lengths are far above those in real messages.)
const PARTS = {
  "": "(-?\\d{1,15})",
  "*": "([-\\dx,]{0,80})",
  "?": "([\\w.:<>-]{1,80})",
  "~": "([^]{0,300}?)",
  "!": "(complex(?:float|double|half)|bfloat16|double|float|half|long|int|short|byte|char|bool)",
}
const PLACE = /<(\w{1,20})([*?!~]?)>|…/g
const sign = /[.*+?^${}()|[\]\\/]/g

const literal = text => text.replace(/\s/g, "").replace(sign, "\\$&").replace(/["']/g, "[\"']")

// { search, filter, names }: `filter` is its longest piece without a quote, in small letters: what lacks that is
// not looked at further.
const compile = template => {
  const names = [], pieces = []
  let source = "", from = 0
  for (const place of template.matchAll(PLACE)) {
    let text = template.slice(from, place.index)
    from = place.index + place[0].length
    if (place[2] === "*") text = text.replace(/(?:torch\.Size\()?[[(]{1,2}$/, "")
    pieces.push(text)
    source += literal(text)
    names.push(place[1] ?? "")
    if (place[0] === "…") source += PARTS["~"]
    else {
      source += place[2] === "*" ? `[[(]?(?:torch\\.Size\\()?[[(]{0,2}${PARTS["*"]}[\\])]{0,3}` : PARTS[place[2]]
      if (place[2] === "*") from += /^[\])]{0,2}/.exec(template.slice(from))[0].length
    }
  }
  pieces.push(template.slice(from))
  source += literal(template.slice(from))
  const plain = pieces.flatMap(piece => piece.replace(/\s/g, "").toLowerCase().split(/["']/))
  return { search: new RegExp(source, "dgi"), names, filter: plain.reduce((a, b) => (b.length > a.length ? b : a)) }
}

const LIST = /^[-\dx,]*$/
const number = text => (/^-?\d+$/.test(text) ? Number(text) : text)
const value = (text, template, name) =>
  template.includes(`<${name}*>`) && LIST.test(text) ? text.split(/[x,]/).filter(Boolean).map(Number)
  : template.includes(`<${name}>`) ? number(text) : text

const compiled = new Map()

// What a part looks like in the text itself, on one line.
const spaced = (text, places, [from, to]) =>
  from === to ? "" : text.slice(places[from], places[to - 1] + 1).replace(/\s+/g, " ")

// A word at a message's end ends where white space stands in the text, and without the full stop of a sentence.
const shorten = (hit, places) => {
  const word = hit.at(-1), [from] = hit.indices.at(-1)
  let length = 1
  while (length < word.length && places[from + length] === places[from + length - 1] + 1) length++
  const short = word.slice(0, length).replace(/[.:]+$/, "")
  hit[0] = hit[0].slice(0, hit[0].length - word.length + short.length)
  hit[hit.length - 1] = short
}

// All places where one of the entries' messages stands: { entry, template, from, to, values, parts }. Among the values
// are what stands in front of it and what follows, `ahead` and `behind`, without white space.
export const matches = (text, entries) => {
  const { dense, places } = squash(text), small = dense.toLowerCase()
  const found = []
  for (const entry of entries)
    for (const template of entry.find) {
      if (!compiled.has(template)) compiled.set(template, compile(template))
      const { search, names, filter } = compiled.get(template)
      if (!small.includes(filter)) continue
      search.lastIndex = 0
      for (let hit = search.exec(dense), n = 0; hit && n < 200; hit = search.exec(dense), n++) {
        if (/<\w+\?>$/.test(template)) shorten(hit, places)
        const values = Object.fromEntries(names.map((name, i) => [name, value(hit[i + 1], template, name)]))
        const end = hit.index + hit[0].length
        values.ahead = dense.slice(Math.max(0, hit.index - 80), hit.index)
        values.behind = dense.slice(end, end + 2000)
        const from = places[hit.index], to = places[end - 1] + 1
        const parts = names.map((name, i) => (name ? hit[i + 1] : spaced(text, places, hit.indices[i + 1])))
        if (!entry.is || entry.is(values)) found.push({ entry, template, from, to, values, parts })
      }
    }
  return found
}

// The message on one line, as it stands there; one that is wrapped is put together again from its pattern.
export const unwrapped = (text, { template, from, to, parts }) => {
  const raw = text.slice(from, to)
  if (!raw.includes("\n")) return raw.replace(/ {2,}/g, " ")
  let n = 0
  return template.replace(PLACE, (_, _name, kind) => {
    const part = parts[n++]
    if (kind === "*") return part.replace(/,/g, ", ")
    return part
  })
}
