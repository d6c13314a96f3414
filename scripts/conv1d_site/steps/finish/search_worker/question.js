// What a question asks for: its words, each with the words of the index that it may mean, and those that no page has.

import { longerThan } from "./index.js"
import { isHan, stemOf, wordsOf } from "./words.js"

// Words that do not tell one page from another, whatever they ask; those of Chinese keep a run from being cut wrongly.
const COMMON = new Set(`a about all also am an and any are as at be been but by can cannot could did difference do does
don dont for from get had has have how i if in into is isn it its just let like ll mean means me my no nor not of on only
or our please re should so some such than that the their them then there these they this to too use used using ve versus
vs was we were what when where which while who why will with without work works would you your
的 了 是 吗 呢 吧 么 啊 在 和 与 跟 及 或 把 被 给 让 对 从 到 用 有 没 无 不 要 会 能 可 该 应 得 地 着 过 这 那 哪 个 些 种 每 各 几 多
少 后 为 也 都 就 还 又 再 很 更 最 谁 何 我 你 他 它 们 中 里 上 下 前 时 来 去 做 怎 太 一
什么 为什么 怎么 怎么办 怎样 如何 哪个 哪些 哪里 哪一个 多少 几个 是否 能不能 要不要 可以 需要 应该 使用 请问 区别 有什么 是什么 什么是 意思
什么意思 是不是 有没有 可不可以 不能 不会 以及 还是 之间 一下 一个 这个 那个 为何 干什么 有何 怎么样 怎么回事`.split(/\s+/))

export const isCommon = word => COMMON.has(word)

// A piece of a question: `-padding` must not be there, `+padding` must, `title:padding` must be in a heading, and words
// between quotation marks stand one behind the other.
const PIECE = /([+-](?=[\p{L}"“]|title:|text:))?(?:(title|text):)?(?:["“]([^"“”]*)["”]|([^\s"“”]+))/gu

// `synonyms`: a map from a word that pages do not use to those that they use. `plainly`: signs have no meaning, as in a message.
export function questionOf(text, index, synonyms, plainly = false) {
  const terms = []
  const missing = []
  for (const [, sign, field, quoted, bare] of plainly ? [[text, "", "", undefined, text]] : text.matchAll(PIECE)) {
    const found = wordsOf(quoted ?? bare).flatMap(({ word }) => termsOf(word, index, synonyms))
    const phrase = quoted && found.length > 1 ? Symbol(quoted) : null
    for (const term of found) {
      if (term.missing) {
        if (sign !== "-") missing.push(term.word)
      } else terms.push({ ...term, field, phrase, excluded: sign === "-", required: sign === "+" || Boolean(field) })
    }
  }
  const telling = terms.filter(term => !term.common || term.required || term.excluded)
  return { all: terms, terms: telling.some(term => !term.excluded) || missing.length ? telling : terms, missing: [...new Set(missing)] }
}

function termsOf(word, index, synonyms) {
  if (isHan(word)) return cutChinese(word, index, synonyms)
  const meanings = meaningsOf(word, index, synonyms)
  if (meanings.size || isCommon(word)) return [{ word, meanings, common: isCommon(word) }]
  const parts = partsInIndex(word, index)
  return parts.length ? parts.map(part => ({ word: part, meanings: meaningsOf(part, index, synonyms) })) : [{ word, missing: true }]
}

// The words of the index that a word of a question may mean, and how surely.
function meaningsOf(word, index, synonyms) {
  const meanings = new Map()
  const add = (other, sure) => meanings.set(other, Math.max(sure, meanings.get(other) ?? 0))
  if (index.words.has(word)) add(word, 1)
  for (const other of synonyms.get(word) ?? []) {
    for (const known of index.stems.get(stemOf(other)) ?? []) add(known, known === other ? 0.9 : 0.7)
  }
  for (const other of index.stems.get(stemOf(word)) ?? []) add(other, 0.9)
  const whole = meanings.size > 0
  for (const other of index.parts.get(word) ?? []) add(other, 0.2)
  if (word.length > 2 || (isHan(word) && word.length > 1)) {
    const sure = whole ? 0.3 : isHan(word) ? 0.95 : 0.8
    for (const other of longerThan(word, index)) add(other, sure * (word.length / other.length) ** (isHan(word) ? 0.2 : 0.5))
  }
  return meanings
}

// timeseries, batchnorm1d: words of the index written as one.
function partsInIndex(name, index) {
  if (!/^[a-z][a-z\d]*$/.test(name)) return []
  const { words, left } = cut(name, word => (word.length > 2 && (index.words.has(word) || index.parts.has(word)) ? 1 : 0))
  return left ? [] : words.map(({ word }) => word)
}

function cutChinese(run, index, synonyms) {
  const { words } = cut(run, word => {
    if (isCommon(word) || synonyms.has(word)) return 1
    if (index.words.has(word)) return word.length > 1 ? 1 : 1.5
    return word.length > 1 && longerThan(word, index).length ? 1.2 : 0
  })
  return unknownJoined(words).map(({ word, known }) => {
    if (!known) return { word, missing: true }
    return { word, meanings: meaningsOf(word, index, synonyms), common: isCommon(word), weak: word.length === 1 && !(synonyms.has(word)) }
  })
}

// One character alone can be a word (轴), two that the site knows only apart are a word that it does not know (量, 化).
function unknownJoined(words) {
  const joined = []
  let open = null
  for (const each of words) {
    const loose = each.word.length === 1 && !isCommon(each.word)
    if (loose && open) {
      open.word += each.word
      open.known = false
      continue
    }
    joined.push({ ...each })
    open = loose ? joined.at(-1) : null
  }
  return joined
}

// Cuts letters without blanks into words: as few letters left over as possible, then as cheaply as `price` says, which
// gives 0 for what is no word.
function cut(run, price) {
  const leftOver = 2 * run.length + 1 // dearer than any number of words
  const best = [] // the cheapest way to cut run.slice(from)
  best[run.length] = { cost: 0, next: run.length, known: true }
  for (let from = run.length - 1; from >= 0; from--) {
    best[from] = { cost: best[from + 1].cost + leftOver, next: from + 1, known: false }
    for (let to = from + 1; to <= Math.min(run.length, from + 24); to++) {
      const cost = price(run.slice(from, to))
      if (cost && best[to].cost + cost < best[from].cost) best[from] = { cost: best[to].cost + cost, next: to, known: true }
    }
  }
  const words = []
  for (let at = 0; at < run.length; at = best[at].next) words.push({ word: run.slice(at, best[at].next), known: best[at].known })
  return { words, left: words.some(({ known }) => !known) }
}
