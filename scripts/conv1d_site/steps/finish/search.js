// What a question is made into before Material's search looks its words up, in the place of Material's own cutter of
// Chinese. It leaves out words that do not tell one page from another, unless there are no others.

const common = new Set([
  ...["conv", "conv1d", "convolution", "convolutions", "convolutional", "pytorch", "torch", "卷积"],
  ...["什么", "为什么", "怎么", "怎样", "如何", "哪个", "哪些", "多少", "是否", "能不能", "要不要"],
])

function tellingWords(question, index) {
  const cut = question.replace(/\p{sc=Han}+/gu, run => ` ${wordsOfChinese(run, index).join("* ")}* `)
  const words = cut.trim().split(/[\s,]+/).flatMap(word => partsOfName(word, index))
  const telling = words.filter(word => tells(word.replace(/^[+]|[*]$/g, "").toLowerCase()))
  return (telling.length ? telling : words).join(" ")
}

// Numbers of a pasted message are the reader's own, and match the digits on any page.
function tells(word) {
  return !common.has(word) && self.lunr.stopWordFilter(word) && /\p{L}/u.test(word)
}

function wordsOfChinese(run, index) {
  const words = wordsOfIndex(run, index)
  const longer = words.filter(word => word.length > 1) // 的, 是, 不 and 要 are everywhere
  return longer.length ? longer : words.length ? words : [run]
}

// BatchNorm1d is two words of the index, and somebody looks for batchnorm1d.
function partsOfName(word, index) {
  const [, sign, name, star] = /^([+]?)(.*?)([*]?)$/.exec(word.toLowerCase())
  if (!/^[a-z][a-z0-9]*$/.test(name) || isKnown(name, index)) return [word]
  const parts = wordsOfIndex(name, index)
  const whole = parts.join("") === name && parts.every(part => part.length > 2)
  return whole ? parts.map(part => sign + part + star) : [word]
}

// Cuts letters without blanks into words of the index: as few letters left over as possible, then as few words. The
// last word may be one that is still being typed.
function wordsOfIndex(run, index) {
  const leftOver = run.length + 1 // dearer than any number of words
  const best = [] // the cheapest way to cut run.slice(i)
  best[run.length] = { cost: 0, words: [] }
  for (let i = run.length - 1; i >= 0; i--) {
    best[i] = { cost: best[i + 1].cost + leftOver, words: best[i + 1].words }
    for (let j = i + 1; j <= run.length; j++) {
      const word = run.slice(i, j)
      const found = word in index || (j === run.length && isKnown(word, index))
      if (found && best[j].cost + 1 < best[i].cost)
        best[i] = { cost: best[j].cost + 1, words: [word, ...best[j].words] }
    }
  }
  return best[0].words
}

const beginnings = new WeakMap()

// Whether a word of the index is or begins with this.
function isKnown(word, index) {
  if (!beginnings.has(index)) {
    const found = new Set()
    for (const each of Object.keys(index)) for (let n = 1; n <= each.length; n++) found.add(each.slice(0, n))
    beginnings.set(index, found)
  }
  return beginnings.get(index).has(word)
}
