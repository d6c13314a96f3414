// Where the search has led to: the words that were found are marked, also inside what is folded.
{
  const SKIPPED = "script, style, svg, math, [data-figure], .headerlink, .md-source-file"
  const HAN = /^\p{sc=Han}/u

  // Whole words only, as the search found them; Chinese ones have no edges.
  const patternOf = words => {
    const quoted = words.map(word => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length)
    const latin = quoted.filter(word => !HAN.test(word)).join("|")
    const han = quoted.filter(word => HAN.test(word)).join("|")
    const kinds = [latin && `(?<![\\p{L}\\p{N}_])(?:${latin})(?![\\p{L}\\p{N}_])|(?<=\\p{sc=Han})(?:${latin})(?!\\w)|(?<!\\w)(?:${latin})(?=\\p{sc=Han})`, han]
    return new RegExp(kinds.filter(Boolean).join("|"), "giu")
  }

  const unmark = page => {
    for (const mark of page.querySelectorAll("mark[data-md-highlight]")) {
      const parent = mark.parentNode
      mark.replaceWith(...mark.childNodes)
      parent.normalize()
    }
  }

  const markIn = (node, pattern) => {
    const pieces = []
    let done = 0
    for (const found of node.data.matchAll(pattern)) {
      const mark = document.createElement("mark")
      mark.dataset.mdHighlight = ""
      mark.textContent = found[0]
      pieces.push(node.data.slice(done, found.index), mark)
      done = found.index + found[0].length
    }
    if (pieces.length) node.replaceWith(...pieces, node.data.slice(done))
  }

  const markAll = (page, pattern) => {
    const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT)
    const nodes = []
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest(SKIPPED)) nodes.push(walker.currentNode)
    for (const node of nodes) markIn(node, pattern)
  }

  // The marks between the heading that the address names, or the page's top, and the next heading.
  const inSection = page => {
    const from = document.getElementById(decodeURIComponent(location.hash.slice(1)))
    const after = (one, other) => Boolean(other.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING)
    const headings = [...page.querySelectorAll("h1[id], h2[id], h3[id], h4[id], h5[id], h6[id]")]
    const next = headings.find(each => each.tagName !== "H1" && (!from || after(each, from)))
    const within = mark => (!from || after(mark, from)) && !(next && after(mark, next))
    return [...page.querySelectorAll("mark[data-md-highlight]")].filter(within)
  }

  const folded = mark => mark.closest("details:not([open])")

  // Opens what is folded in that section where a word is nowhere else in it.
  const unfold = page => {
    const seen = new Set()
    const marks = inSection(page)
    const wordOf = mark => mark.textContent.toLowerCase()
    for (const mark of marks) if (!folded(mark)) seen.add(wordOf(mark))
    for (const mark of marks) {
      if (seen.has(wordOf(mark))) continue
      for (let fold = folded(mark); fold; fold = folded(mark)) fold.open = true
      seen.add(wordOf(mark))
    }
  }

  let shown = { page: null, asked: "" }

  const show = () => {
    const page = document.querySelector(".md-content__inner")
    const asked = new URLSearchParams(location.search).get("h") ?? ""
    if (!page) return
    if (shown.page !== page || shown.asked !== asked) {
      unmark(page)
      if (asked.trim()) markAll(page, patternOf(asked.trim().split(/\s+/)))
      shown = { page, asked }
    }
    if (asked) unfold(page)
  }

  document$.subscribe(show)
  // A result on the page that is open: Material brings no new one.
  let path = location.pathname
  location$.subscribe(({ pathname }) => {
    if (pathname === path) show()
    path = pathname
  })
}
