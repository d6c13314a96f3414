// Error messages that readers paste: with a traceback, with the error's name, or bare.

import { isHan, wordsOf } from "./words.js"

const NAMED = /(?:[A-Za-z_][\w.]*)?(?:Error|Exception)\s*:\s+/g
const TRACEBACK = /Traceback \(most recent call last\)|\bFile "[^"]+", line \d+/
// What messages say, and questions rarely do.
const SAYS = /\b(?:expected|must be|must match|should be|should have|should contain|should be the same|not supported|not implemented|is not|are not|cannot be|can't be|can't call|could not|unable to|does not|invalid|but got|but found|instead|got \d+|mismatch|missing \d|Missing key|Unexpected key|required|attempted|received|no attribute|failed|out of range|out of memory|requires?|tried to)\b|_STATUS_|object is/i
const QUESTION = /^\s*(?:what|why|how|when|which|who|where|is|are|can|do|does|should|will)\b|\?\s*$/i

// The message in what was pasted, or null where it is a question.
export function messageIn(text) {
  const named = [...text.matchAll(NAMED)].at(-1)
  const said = named ? text.slice(named.index + named[0].length) : text
  const words = wordsOf(said)
  if (words.some(({ word }) => isHan(word))) return null
  if (named && words.length) return said
  if (TRACEBACK.test(text)) return said
  return words.length > 4 && SAYS.test(text) && !QUESTION.test(text) ? said : null
}

// How much of a message stands in a section, from 0 to 1: the pairs of neighbouring words that do.
export function shareOf(message, section) {
  const pairs = pairsOf(message)
  const there = pairsOf(`${section.title} \n ${section.text}`)
  let found = 0
  for (const pair of pairs) if (there.has(pair)) found++
  return pairs.size ? found / pairs.size : 0
}

function pairsOf(text) {
  const words = wordsOf(text)
  const pairs = new Set()
  for (let at = 1; at < words.length; at++) pairs.add(`${words[at - 1].word} ${words[at].word}`)
  return pairs
}
