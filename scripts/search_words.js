// What a question is made into before Material's search looks its words up, in the place of Material's own cutter of
// Chinese. It leaves out words that do not tell one page from another, unless there are no others.

const common = new Set(["conv1d", "convolution", "convolutions", "convolutional", "pytorch", "torch", "卷积"])
const asking = new Set(["什么", "为什么", "怎么", "怎样", "如何", "哪个", "哪些", "多少", "是否", "能不能", "要不要"])

function tellingWords(question, index) {
  const words = question.replace(/\p{sc=Han}+/gu, run => ` ${wordsOfIndex(run, index).join("* ")}* `).trim()
  const telling = words.split(/\s+/).filter(word => tells(word.replace(/^[+]|[*]$/g, "").toLowerCase()))
  return telling.length ? telling.join(" ") : words
}

// Numbers of a pasted message are the reader's own, and match the digits on any page.
function tells(word) {
  return !common.has(word) && self.lunr.stopWordFilter(word) && /\p{L}/u.test(word)
}

// Cuts a run of Chinese characters into words of the index: as few characters left over as possible, then as few words.
// The last word may be one that is still being typed. A run without any such word stays whole.
function wordsOfIndex(run, index) {
  const leftOver = run.length + 1 // dearer than any number of words
  const best = [] // the cheapest way to cut run.slice(i)
  best[run.length] = { cost: 0, words: [] }
  for (let i = run.length - 1; i >= 0; i--) {
    best[i] = { cost: best[i + 1].cost + leftOver, words: best[i + 1].words }
    for (let j = i + 1; j <= run.length; j++) {
      const word = run.slice(i, j)
      const known = word in index || (j === run.length && beginningsOf(index).has(word))
      if (known && best[j].cost + 1 < best[i].cost)
        best[i] = { cost: best[j].cost + 1, words: [word, ...best[j].words] }
    }
  }
  const words = best[0].words
  const telling = words.filter(word => word.length > 1 && !asking.has(word)) // 的, 是, 不 and 要 are everywhere
  return telling.length ? telling : words.length ? words : [run]
}

const beginnings = new WeakMap()

function beginningsOf(index) {
  if (!beginnings.has(index)) {
    const found = new Set()
    for (const word of Object.keys(index))
      if (/^\p{sc=Han}/u.test(word)) for (let n = 1; n < word.length; n++) found.add(word.slice(0, n))
    beginnings.set(index, found)
  }
  return beginnings.get(index)
}

