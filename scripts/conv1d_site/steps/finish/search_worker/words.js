// How texts and questions are cut into words, and which forms of a word count as the same.

// Chinese has no blanks: where a page's words begin and end is said by the index, with a space of no width. Digits alone
// are no words: those of a pasted message are the reader's own, and match the digits of any page.
const WORD = /\p{sc=Han}+|(?:(?!\p{sc=Han})[\p{L}\p{M}\p{N}_])+|[⋆√]/gu
const HAN = /^\p{sc=Han}/u
const DIGITS = /^\d+$/

export const isHan = word => HAN.test(word)

// The words of a text in their order, lower case, full-width letters as usual ones; and where each begins and ends.
export function wordsOf(text) {
  const words = []
  for (const match of text.matchAll(WORD)) {
    const word = match[0].normalize("NFKC").toLowerCase()
    if (!DIGITS.test(word)) words.push({ word, from: match.index, to: match.index + match[0].length })
  }
  return words
}

// BatchNorm1d and output_padding are words made of words: batch, norm1d; output, padding.
export function partsOf(name) {
  const parts = name.split(/_+|(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/).map(part => part.toLowerCase())
  return parts.length > 1 ? parts.filter(part => part.length > 2 && !DIGITS.test(part)) : []
}

const vowel = /[aeiouy]/
const endings = [
  [/(?:is|iz)(?:ation|ations|ing|ed|es|e|er)$/, "iz"], [/at(?:ion|ions|ing|ed|es|e|or)$/, "at"],
  [/ions?$/, "ion"], [/ional$/, "ion"], [/ies$/, "i"], [/(?<=s|x|z|ch|sh)es$/, ""], [/(?<![su])s$/, ""], [/y$/, "i"],
]

// What padded, padding and pads have in common.
export function stemOf(word) {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word
  for (const [ending, kept] of endings) {
    const stem = word.replace(ending, kept)
    if (stem !== word && stem.length > 2 && vowel.test(stem)) {
      word = stem
      break
    }
  }
  const bare = word.replace(/(?:ing|ed)$/, "")
  if (bare !== word && bare.length > 2 && vowel.test(bare)) word = bare
  return word.replace(/([bdgmnprt])\1$/, "$1").replace(/(?<=..)e$/, "")
}
