// What the pages say, by words: each section of a page is a place that a question can lead to.

import { isHan, partsOf, stemOf, wordsOf } from "./words.js"

// Sections that ask readers, and answer nobody.
const ASKS = /#(?:exercises|predict)$/

// A heading or a question without blanks and signs, which people set as they like.
export const lettersOf = text => text.replace(/[^\p{L}\p{N}]+/gu, "").toLowerCase()

const entry = (map, key, make) => map.get(key) ?? map.set(key, make()).get(key)
const newWord = () => ({ texts: new Map(), headings: new Set(), pages: new Set() })

// Reads the index's documents, whose texts are plain: a line for each paragraph, item or block of code. `sections` has a number for each place, by which all else names it;
// `words` where each word stands: how often in which texts, in which headings, in the titles of which pages.
export function indexOf(docs) {
  const index = { sections: [], words: new Map(), stems: new Map(), parts: new Map(), sorted: [], average: 0 }
  const pages = new Map()
  for (const { location, title, text, boost: own = 1 } of docs) {
    const boost = ASKS.test(location) ? own * 0.5 : own
    const [path] = location.split("#")
    const at = index.sections.length
    const page = entry(pages, path, () => ({ title, from: at, to: at }))
    page.to = at + 1
    const section = { location, page, title, text, boost, isPage: page.from === at, length: 0, width: 0 }
    section.letters = lettersOf(section.title)
    index.sections.push(section)
    addWords(index, section, at)
  }
  index.average = index.sections.reduce((sum, section) => sum + section.length, 0) / (index.sections.length || 1)
  index.sorted = [...index.words.keys()].sort()
  for (const word of index.sorted) entry(index.stems, stemOf(word), () => []).push(word)
  return index
}

function addWords(index, section, at) {
  const note = (text, add) => {
    const words = wordsOf(text)
    for (const { word, from, to } of words) {
      if (!index.words.has(word)) addParts(index, word, text.slice(from, to))
      add(entry(index.words, word, newWord))
    }
    return words.length
  }
  section.width = note(section.title, places => {
    places.headings.add(at)
    if (section.isPage) places.pages.add(section.page)
  })
  section.length = note(section.text, ({ texts }) => texts.set(at, (texts.get(at) ?? 0) + 1))
}

function addParts(index, word, name) {
  if (!isHan(word)) for (const part of partsOf(name)) entry(index.parts, part, () => []).push(word)
}

// The words of the index that begin so, itself not among them.
export function longerThan(beginning, { sorted }) {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] < beginning) low = middle + 1
    else high = middle
  }
  const found = []
  for (let at = low; at < sorted.length && sorted[at].startsWith(beginning); at++)
    if (sorted[at] !== beginning) found.push(sorted[at])
  return found
}
