// What a question finds: sections of pages, drawn here from what the search's worker says (scripts/conv1d_site/steps/finish).
// Material keeps the box, the keys and the dialog; its own list stays empty.
{
  const words = JSON.parse(document.querySelector("meta[name='site:search']").content)
  // Where the site lies, as seen from the page that was loaded first: instant navigation leaves what is said here as it is.
  const root = new URL(JSON.parse(document.getElementById("__config").textContent).base, location.href)
  const parser = new DOMParser()

  const make = (tag, className, ...children) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    element.append(...children)
    return element
  }

  // The worker's own HTML: escaped text, and marks.
  const marked = html => [...parser.parseFromString(html, "text/html").body.childNodes]

  const item = (address, score, ...lines) => {
    const article = make("article", "md-search-result__article md-typeset", ...lines)
    article.dataset.mdScore = score // Material's Enter follows the highest
    const link = make("a", "md-search-result__link", article)
    link.href = address
    link.tabIndex = -1 // as Material's own: the arrow keys lead there
    return make("li", "md-search-result__item", link)
  }

  const hitItem = hit => {
    const address = new URL(hit.location, root)
    if (hit.words.length) address.searchParams.set("h", hit.words.join(" "))
    const title = make("p", "site-search__title", make("b", "", ...marked(hit.title)))
    if (hit.page) title.append(" ", make("span", "site-search__page", hit.page))
    const lines = [title]
    if (hit.teaser) lines.push(make("p", "site-search__teaser", ...marked(hit.teaser)))
    if (hit.missing.length) {
      const lacking = hit.missing.flatMap(word => [make("del", "", word), " "])
      lines.push(make("p", "md-search-result__terms", words.lacking, ...lacking))
    }
    return item(address, hit.score, ...lines)
  }

  // For a message that the site does not know: the page that looks at the reader's own network.
  const ownItem = best => {
    const title = make("p", "site-search__title", make("b", "", words.own))
    return item(new URL(words.own_page, root), best + 1, title, make("p", "site-search__teaser", words.own_why))
  }

  const list = new Intl.ListFormat(document.documentElement.lang, { type: "conjunction" })
  const shortened = word => (word.length > 40 ? `${word.slice(0, 40)}…` : word)
  const counted = ({ length }) => (length ? (length === 1 ? words.one : words.other.replace("#", length)) : "")

  const told = ({ hits, missing, unknownMessage }) => {
    if (unknownMessage) return words.message + (hits.length ? words.nearest : "")
    if (!missing.length) return counted(hits) || words.none
    const quoted = missing.slice(0, 6).map(word => words.quote.replace("{word}", shortened(word)))
    const unknown = words.unknown.replace("{words}", list.format(quoted))
    return hits.length ? unknown + words.rest.replace("{count}", counted(hits)) : unknown
  }

  const draw = (result, answer) => {
    const [told_, found] = [result.firstElementChild, result.lastElementChild]
    told_.textContent = told(answer)
    const own = answer.unknownMessage && words.own_page ? [ownItem(answer.hits[0]?.score ?? 0)] : []
    found.replaceChildren(...own, ...answer.hits.map(hitItem))
  }

  document.querySelector(".md-search-result__meta")?.setAttribute("role", "status") // screen readers say what it says
  component$.subscribe(({ ref, site }) => {
    if (site) draw(ref, site)
  })

  // Material asks when a key goes up. Pasting with the mouse and input by voice have no keys; and letters that an input
  // method has not yet made into characters are no question.
  const box = document.querySelector(".md-search__input")
  document.addEventListener("keyup", event => {
    if (event.target === box && event.isComposing) event.stopPropagation()
  }, true)
  const ask = ({ isComposing }) => isComposing || box.dispatchEvent(new KeyboardEvent("keyup"))
  box?.addEventListener("input", ask)
  box?.addEventListener("compositionend", () => ask({}))
}
