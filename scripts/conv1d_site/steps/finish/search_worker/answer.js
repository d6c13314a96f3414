// The sections that answer a question, the best first.

import { lettersOf } from "./index.js"
import { messageIn, shareOf } from "./message.js"
import { questionOf } from "./question.js"
import { marked, teaserOf } from "./teaser.js"
import { stemOf, wordsOf } from "./words.js"

const MOST = 20 // of what is shown
const READ = 50 // of those that are read a second time, with the order of their words
const OF_A_PAGE = 3 // more sections of one page come behind those of others
// A message of which so much stands in one section is in the list; a short one says too little to differ.
const KNOWN = { short: 0.75, long: 0.6, words: 7 }

// What a reader is told: sections, the words that are on no page, and whether a pasted message is one of the site's.
export function answerTo(text, index, synonyms) {
  const message = messageIn(text)
  const question = questionOf(message ?? text, index, synonyms, message !== null)
  const wordless = !question.all.length && !question.missing.length
  const found = wordless ? literally(text, index) : ranked(question, index, message ?? text, message !== null)
  const least = wordsOf(message ?? "").length < KNOWN.words ? KNOWN.short : KNOWN.long
  const known = message === null || found.slice(0, MOST).some(({ share }) => share >= least)
  // The best is often far ahead, where it is named as the question is.
  const enough = (found[2] ?? found[0])?.score * (message === null ? 0.1 : 0.3)
  const shown = spread(found.filter(({ score }) => score > enough))
  return {
    hits: shown.slice(0, MOST).map(each => hitOf(each, question)),
    missing: message === null ? question.missing : [],
    unknownMessage: !known,
  }
}

// Numbers and signs alone are no words: where they stand as they were typed.
function literally(text, { sections }) {
  if (!/[\p{N}\p{S}]/u.test(text) || text.length < 2) return []
  const there = sections.filter(section => `${section.title} ${section.text}`.includes(text))
  return there.map(section => ({ section, score: section.boost, has: new Set() })).sort((a, b) => b.score - a.score)
}

function ranked({ terms, all }, index, text, isMessage) {
  const wanted = terms.filter(term => !term.excluded)
  const scores = new Map()
  let whole = 0
  wanted.forEach((term, at) => {
    const places = placesOf(term, index)
    const weight = rarity(places, index) * (term.weak ? 0.5 : 1)
    whole += weight
    for (const [section, { score, sure, own }] of places) {
      const sum = scores.get(section) ?? scores.set(section, { score: 0, share: 0, has: new Set(), own: false }).get(section)
      sum.own ||= own
      sum.score += score * weight
      sum.share += sure * weight
      if (sure > 0.2) sum.has.add(at)
    }
  })
  const out = terms.filter(term => term.excluded).map(term => placesOf(term, index))
  const must = wanted.flatMap((term, at) => (term.required || term.phrase ? [at] : []))
  const letters = lettersOf(text)
  const first = []
  for (const [at, { score, share, has, own }] of scores) {
    if (!own || out.some(places => places.has(at)) || must.some(each => !has.has(each))) continue
    const section = index.sections[at]
    const sure = 0.1 + (share / whole) ** 2 + (section.letters === letters ? 1 : 0)
    first.push({ section, has, score: score * (isMessage ? 1 : section.boost) * sure })
  }
  first.sort((a, b) => b.score - a.score)
  const again = first.slice(0, READ).map(each => readAgain(each, all, text, isMessage)).filter(({ score }) => score > 0)
  return again.sort((a, b) => b.score - a.score)
}

// Where a term stands: how well that answers, and how surely it is the word that was meant.
function placesOf({ meanings, field }, index) {
  const places = new Map()
  const add = (at, score, sure, own = true) => {
    const place = places.get(at) ?? places.set(at, { score: 0, sure: 0, own }).get(at)
    place.own ||= own
    place.score = Math.max(place.score, score * sure) + Math.min(place.score, score * sure) * 0.2
    place.sure = Math.max(place.sure, sure)
  }
  for (const [word, sure] of meanings) {
    const { texts, headings, pages } = index.words.get(word)
    for (const at of headings) add(at, headingScore(index.sections[at]), sure)
    if (field === "title") continue
    for (const [at, often] of texts) add(at, (2.2 * often) / (often + 0.5 + 0.7 * (index.sections[at].length / index.average)), sure)
    if (field !== "text") {
      for (const page of pages) for (let at = page.from + 1; at < page.to; at++) add(at, 0.7, sure, false)
    }
  }
  return places
}

// Of a heading with many words each says less; a chapter's says at its end what the chapter is about, too.
const headingScore = ({ isPage, width }) => (isPage ? 6.4 : 4) / (0.6 + 0.12 * (isPage ? Math.min(width, 4) : width))

// A word counts the more, the fewer sections have it.
function rarity(places, { sections }) {
  let count = 0
  for (const { sure } of places.values()) count += sure
  return Math.log(1 + (sections.length - count + 0.5) / (count + 0.5))
}

// Words that stand together, in the heading above all, and the share that is there of a message.
function readAgain(each, all, text, isMessage) {
  const { section } = each
  const letters = lettersOf(text)
  if (isMessage) {
    const share = shareOf(text, section)
    const named = shareOf(section.title, { title: "", text }) // the heading of a section about it is a piece of it
    return { ...each, share, score: each.score * (0.1 + 5 * share ** 3) * (1 + 3 * named) }
  }
  const { heading, said } = stemsOf(section)
  const asked = all.filter(term => !term.excluded).map(term => stemOf(term.word))
  for (const phrase of new Set(all.map(term => term.phrase).filter(Boolean))) {
    const words = all.filter(term => term.phrase === phrase).map(term => stemOf(term.word))
    if (!contains(heading, words) && !contains(said, words)) return { ...each, score: 0 }
  }
  return { ...each, score: each.score * (1 + 0.8 * together(asked, heading) + 0.5 * together(asked, said) + asHeading(letters, section)) }
}

const known = new WeakMap()

// A section's words in their order, kept, since many questions come to the same ones.
function stemsOf(section) {
  const stems = text => wordsOf(text).map(({ word }) => stemOf(word))
  if (!known.has(section)) known.set(section, { heading: stems(section.title), said: stems(section.text) })
  return known.get(section)
}

const contains = (words, phrase) => words.some((_, at) => phrase.every((word, next) => words[at + next] === word))

// The share of neighbours in a question that are neighbours there as well.
function together(asked, words) {
  if (asked.length < 2) return 0
  const pairs = new Set(words.map((word, at) => `${word} ${words[at + 1]}`))
  return asked.filter((word, at) => pairs.has(`${word} ${asked[at + 1]}`)).length / (asked.length - 1)
}

// Whoever types a heading wants that section.
function asHeading(letters, section) {
  if (letters === section.letters) return 3
  return letters.length > 2 && section.letters.includes(letters) ? 0.8 : 0
}

function spread(found) {
  const counts = new Map()
  const later = []
  const now = found.filter(each => {
    const count = (counts.get(each.section.page) ?? 0) + 1
    counts.set(each.section.page, count)
    if (count > OF_A_PAGE) later.push(each)
    return count <= OF_A_PAGE
  })
  return [...now, ...later]
}

function hitOf({ section, score, has }, { terms }) {
  const wanted = terms.filter(term => !term.excluded)
  const meant = new Set(wanted.flatMap(term => [...term.meanings.keys()]))
  const teaser = teaserOf(section.text, meant)
  const there = new Set(wordsOf(`${section.title} ${section.text}`).map(({ word }) => word).filter(word => meant.has(word)))
  return {
    location: section.location,
    title: marked(section.title, meant),
    page: section.isPage ? "" : section.page.title.replaceAll("\u200b", ""),
    teaser,
    score,
    missing: wanted.filter((term, at) => !has.has(at) && !term.common && !term.weak).map(term => term.word),
    words: [...there].slice(0, 16),
  }
}
