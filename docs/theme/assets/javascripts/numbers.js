// Where a number comes from: its expression, snippet and cell, for pointer, touch, keyboard and screen reader.
// Without this script a number is still a link to its code.
{
  const numberAt = target => target.closest?.("a.insync-number[data-cell]")

  // The words of the page's language; main.html hands them over.
  const wordsOf = page => JSON.parse(page.querySelector("meta[name='site:numbers']").content)

  // The sentence on a cell such as `one_output#bias`, or on the last one, where it has no name.
  const sentence = (words, place) => {
    const [snippet, cell] = place.split("#")
    return (cell ? words.cell : words.last).replace("{snippet}", snippet).replace("{cell}", cell)
  }

  const mountBox = words => {
    const element = document.createElement("div")
    element.className = "insync-source"
    element.id = "insync-source"
    element.setAttribute("role", "tooltip")
    element.hidden = true
    element.innerHTML = "<code></code><span></span><a></a><small></small>"
    const [expression, cell, link, keys] = element.children
    keys.textContent = words.keys
    link.textContent = words.code
    link.tabIndex = -1 // the number itself is the same link, and has the focus
    return { element, expression, cell, link, keys }
  }

  // Below the number's first line, or above it where there is no room.
  const moveTo = (box, number) => {
    const at = number.getClientRects()[0]
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8)
    const below = at.bottom + box.offsetHeight + 8 < innerHeight
    box.style.left = `${Math.max(8, left) + scrollX}px`
    box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) + scrollY}px`
  }

  // Shows one number's source at a time, at once or in a while.
  const tellerOf = (box, words) => {
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
      show: number => {
        if (number === teller.shown) return clearTimeout(timer)
        teller.hide()
        teller.shown = number
        box.expression.textContent = number.dataset.expression
        box.cell.textContent = sentence(words, number.dataset.cell)
        box.link.href = number.href
        box.keys.hidden = !number.matches(":focus-visible") // number-stops.js
        document.body.append(box.element) // instant navigation may have replaced the body's children
        box.element.hidden = false
        number.setAttribute("aria-describedby", box.element.id)
        moveTo(box.element, number)
      },
    }
    return teller
  }

  const watchPointer = (box, teller) => document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType === "touch") return
    const number = numberAt(target)
    if (number) teller.later(() => teller.show(number), teller.shown ? 60 : 250)
    else if (box.element.contains(target)) teller.wait()
    else if (teller.shown !== document.activeElement) teller.later(teller.hide, 250)
  })

  const watchKeyboard = (box, teller) => {
    document.addEventListener("focusin", ({ target }) => {
      const number = numberAt(target)
      if (number?.matches(":focus-visible")) teller.show(number)
      else if (!number && !box.element.contains(target)) teller.hide()
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
      const number = numberAt(event.target)
      const touched = (event.pointerType ?? pointer) === "touch"
      if (number && touched && number !== teller.shown) {
        event.preventDefault()
        event.stopPropagation()
        teller.show(number)
      } else if (!box.element.contains(event.target) || event.target === box.link) teller.hide()
    }, true)
  }

  const words = wordsOf(document), box = mountBox(words), teller = tellerOf(box, words)
  watchPointer(box, teller)
  watchKeyboard(box, teller)
  watchTouch(box, teller)
}
