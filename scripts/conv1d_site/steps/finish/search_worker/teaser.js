// What a result shows of a section: the piece that has most of the words, which are marked.

import { isHan, wordsOf } from "./words.js"

const LETTERS = { latin: 190, han: 90 }
const SIGNS = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" }
const escaped = text => text.replace(/[<>&"]/g, sign => SIGNS[sign]).replaceAll("\u200b", "")

// A plain text as HTML, with these words marked.
export function marked(text, words) {
  let html = ""
  let done = 0
  for (const { word, from, to } of wordsOf(text)) {
    if (!words.has(word)) continue
    html += `${escaped(text.slice(done, from))}<mark>${escaped(text.slice(from, to))}</mark>`
    done = to
  }
  return (html + escaped(text.slice(done))).replace(/<\/mark>(\s?)<mark>/g, "$1")
}

// The paragraph, item or block of code with the most of the words, a line of the text (behind a tab, of code); of a long one, the piece around them.
export function teaserOf(text, words) {
  let best = { score: -1, text: "" }
  for (const line of text.split("\n")) {
    const there = new Set(wordsOf(line).map(({ word }) => word).filter(word => words.has(word)))
    const score = (there.size + Math.min(line.length, 80) / 100) * (line.startsWith("\t") ? 0.5 : 1)
    if (line && score > best.score) best = { score, text: line.trim() }
  }
  return marked(around(best.text, words), words)
}

function around(text, words) {
  const found = wordsOf(text).filter(({ word }) => words.has(word))
  const most = isHan(text.replace(/[^\p{L}]/gu, "")) ? LETTERS.han * 1.6 : LETTERS.latin
  if (text.length <= most) return text
  let best = { count: -1, from: 0 }
  for (const { from } of found.length ? found : [{ from: 0 }]) {
    const count = new Set(found.filter(other => other.from >= from && other.to <= from + most * 0.7).map(({ word }) => word)).size
    if (count > best.count) best = { count, from }
  }
  const from = best.from < most * 0.4 ? 0 : text.lastIndexOf(" ", best.from - most * 0.2) + 1
  const start = from > best.from - most * 0.6 ? from : Math.max(0, best.from - 20)
  const space = text.indexOf(" ", start + most)
  const end = space >= 0 && space < start + most + 20 ? space : start + most
  return `${start ? "… " : ""}${text.slice(start, end)}${end < text.length ? " …" : ""}`
}
