// What a link says when it is asked: a number, where it comes from (expression, snippet and cell); a term, what it means.
// For pointer, touch, keyboard and screen reader. Without this script both are still links, to code and to the glossary.
{
  // The words of the page's language, and where its glossary is; main.html hands them over.
  const wordsOf = page => JSON.parse(page.querySelector("meta[name='site:asked']").content)

  const element = (name, ...children) => {
    const made = document.createElement(name)
    made.append(...children)
    return made
  }

  // ---- Numbers

  // The sentence on a cell such as `one_output#bias`, or on the last one, where it has no name.
  const sentence = (words, place) => {
    const [snippet, cell] = place.split("#")
    return (cell ? words.cell : words.last).replace("{snippet}", snippet).replace("{cell}", cell)
  }

  const numbersOf = words => ({
    at: target => target.closest?.("a.insync-number[data-cell]"),
    said: number => ({
      text: [element("code", number.dataset.expression)],
      detail: [sentence(words, number.dataset.cell)],
      link: words.code,
      keys: words.keys, // number-stops.js
    }),
  })

  // ---- Terms: every link to a row of the glossary, which is fetched when it is first asked, and not before.

  // A cell's text without what only the glossary needs: the layer at hand, footnotes, places to link to.
  const textOf = (cell, glossary) => {
    const copy = document.importNode(cell, true)
    const end = copy.querySelector("br")
    while (end?.nextSibling) end.nextSibling.remove()
    for (const gone of copy.querySelectorAll("br, sup")) gone.remove()
    for (const each of copy.querySelectorAll("[id]")) each.removeAttribute("id")
    for (const each of copy.querySelectorAll("a")) each.href = new URL(each.getAttribute("href"), glossary)
    return copy.childNodes
  }

  const termsOf = words => {
    const glossary = new URL(words.glossary, location)
    const known = words.glossary && glossary.protocol !== "file:" // from disk, nothing can be fetched
    let asked
    const ask = async () => {
      const answer = await fetch(glossary)
      if (!answer.ok) throw new Error(`${glossary}: ${answer.status}`)
      return new DOMParser().parseFromString(await answer.text(), "text/html")
    }
    return {
      at: target => {
        const link = target.closest?.("article a[href]")
        const there = known && link?.hash && link.host === glossary.host && link.pathname === glossary.pathname
        return there && location.pathname !== glossary.pathname ? link : null
      },
      said: async term => {
        try {
          asked ??= ask()
          const [name, ...others] = (await asked).getElementById(term.hash.slice(1)).closest("tr").cells
          const text = [element("b", ...textOf(name, glossary))]
          return { text, detail: textOf(others.at(-1), glossary), link: words.all }
        } catch {
          asked = null // without a connection, say, or where the anchor is no term's: the link alone
          return { text: [], detail: [], link: words.all }
        }
      },
    }
  }

  // ---- The box

  const mountBox = () => {
    const text = element("div"), detail = element("span"), link = element("a"), keys = element("small")
    const box = element("div", text, detail, link, keys)
    box.className = "insync-source"
    box.id = "insync-source"
    box.setAttribute("role", "tooltip")
    box.hidden = true
    link.tabIndex = -1 // what was asked is the same link, and has the focus
    return { element: box, text, detail, link, keys }
  }

  // Below the first line of what was asked, or above it where there is no room.
  const moveTo = (box, asked) => {
    const at = asked.getClientRects()[0]
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8)
    const below = at.bottom + box.offsetHeight + 8 < innerHeight
    box.style.left = `${Math.max(8, left) + scrollX}px`
    box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) + scrollY}px`
  }

  // Tells one thing at a time, at once or in a while.
  const tellerOf = (box, kinds) => {
    let timer = 0
    const teller = {
      shown: null,
      wait: () => clearTimeout(timer),
      later: (action, delay) => {
        clearTimeout(timer)
        timer = setTimeout(action, delay)
      },
      hide: () => {
        clearTimeout(timer)
        teller.shown?.removeAttribute("aria-describedby")
        teller.shown = null
        box.element.hidden = true
      },
      at: target => kinds.map(kind => kind.at(target)).find(Boolean),
      show: asked => {
        if (asked === teller.shown) return clearTimeout(timer)
        teller.hide()
        teller.shown = asked
        const tell = said => {
          if (asked !== teller.shown) return // something else was asked meanwhile
          box.text.replaceChildren(...said.text)
          box.detail.replaceChildren(...said.detail)
          box.link.textContent = said.link
          box.link.href = asked.href
          box.keys.textContent = said.keys ?? ""
          box.keys.hidden = !asked.matches(":focus-visible")
          document.body.append(box.element) // instant navigation may have replaced the body's children
          box.element.hidden = false
          asked.setAttribute("aria-describedby", box.element.id)
          moveTo(box.element, asked)
        }
        const said = kinds.find(kind => kind.at(asked)).said(asked)
        said.then ? said.then(tell) : tell(said)
      },
    }
    return teller
  }

  const watchPointer = (box, teller) => document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return
    const asked = teller.at(target)
    if (asked) teller.later(() => teller.show(asked), teller.shown ? 60 : 250)
    else if (box.element.contains(target)) teller.wait()
    else if (teller.shown !== document.activeElement) teller.later(teller.hide, 250)
  })

  const watchKeyboard = (box, teller) => {
    document.addEventListener("focusin", ({ target }) => {
      const asked = teller.at(target)
      if (asked?.matches(":focus-visible")) teller.show(asked)
      else if (!asked && !box.element.contains(target)) teller.hide()
    })
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") teller.hide()
    })
  }

  // The first touch asks, the second follows the link.
  const watchTouch = (box, teller) => {
    let pointer = "" // what pressed last; not every browser says it of a click
    document.addEventListener("pointerdown", event => { pointer = event.pointerType }, true)
    document.addEventListener("click", event => {
      const asked = teller.at(event.target)
      const touched = (event.pointerType ?? pointer) === "touch"
      if (asked && touched && asked !== teller.shown) {
        event.preventDefault()
        event.stopPropagation()
        teller.show(asked)
      } else if (!box.element.contains(event.target) || event.target === box.link) teller.hide()
    }, true)
  }

  const words = wordsOf(document), box = mountBox(), teller = tellerOf(box, [numbersOf(words), termsOf(words)])
  watchPointer(box, teller)
  watchKeyboard(box, teller)
  watchTouch(box, teller)
}
