// Speaks to the page: takes the index's bytes from search-late.js, then answers each question of Material's.

import { answerTo } from "./answer.js"
import { indexOf, longerThan } from "./index.js"
import { wordsOf } from "./words.js"

const SETUP = 0
const READY = 1
const QUERY = 2
const RESULT = 3

const synonyms = new Map(Object.entries(SYNONYMS))
let index = null

// How the last word of a question might go on, for the box: as a heading has it.
function goingOn(text) {
  const last = /[a-z]\w+$/i.exec(text)
  if (!last || wordsOf(last[0]).length !== 1) return []
  const longer = longerThan(last[0].toLowerCase(), index).filter(word => index.words.get(word).headings.size)
  const most = longer.sort((a, b) => index.words.get(b).headings.size - index.words.get(a).headings.size)[0]
  return most && !index.words.has(last[0].toLowerCase()) ? [most] : []
}

// Material's own list stays empty; search.js of the page draws what `site` says.
function reply({ type, data }) {
  if (type === SETUP) {
    index = indexOf(JSON.parse(new TextDecoder().decode(data)).docs)
    return { type: READY }
  }
  if (type !== QUERY) throw new TypeError(`no such message: ${type}`)
  const text = data.trim()
  return { type: RESULT, data: { items: [], suggest: goingOn(text), site: text ? answerTo(text, index, synonyms) : null } }
}

addEventListener("message", ({ data }) => postMessage(reply(data)))
