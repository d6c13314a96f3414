// Where a number comes from: its expression, snippet and cell, for pointer, touch, keyboard and screen reader.
// Without this script a number is still a link to its code.
(() => {
  const texts = {
    en: {
      from: (snippet, cell) => cell ? `after cell ${cell} of ${snippet}` : `after the last cell of ${snippet}`,
      code: "Show the code",
    },
    zh: {
      from: (snippet, cell) => `取自代码片段 ${snippet} 的${cell ? `单元格 ${cell}` : "最后一个单元格"}`,
      code: "查看代码",
    },
  }
  const words = texts[document.documentElement.lang.slice(0, 2)] ?? texts.en
  const box = document.createElement("div")
  box.className = "insync-source"
  box.id = "insync-source"
  box.setAttribute("role", "tooltip")
  box.hidden = true
  box.innerHTML = "<code></code><span></span><a></a>"
  const [expression, cell, link] = box.children
  link.textContent = words.code
  link.tabIndex = -1 // the number itself is the same link, and has the focus

  let shown = null
  let timer = 0
  let pointer = "" // what pressed last; not every browser says it of a click

  const hide = () => {
    clearTimeout(timer)
    shown?.removeAttribute("aria-describedby")
    shown = null
    box.hidden = true
  }

  const show = number => {
    if (number === shown) return clearTimeout(timer)
    hide()
    shown = number
    expression.textContent = number.dataset.expression
    cell.textContent = words.from(...number.dataset.cell.split("#"))
    link.href = number.href
    document.body.append(box) // instant navigation may have replaced the body's children
    box.hidden = false
    number.setAttribute("aria-describedby", box.id)
    const at = number.getClientRects()[0]
    const left = Math.min(at.left, document.documentElement.clientWidth - box.offsetWidth - 8)
    const below = at.bottom + box.offsetHeight + 8 < innerHeight
    box.style.left = `${Math.max(8, left) + scrollX}px`
    box.style.top = `${(below ? at.bottom + 4 : at.top - box.offsetHeight - 4) + scrollY}px`
  }

  const later = (action, delay) => {
    clearTimeout(timer)
    timer = setTimeout(action, delay)
  }
  const numberAt = target => target.closest?.("a.insync-number[data-cell]")

  document.addEventListener("pointerover", event => {
    if (event.pointerType === "touch") return
    const number = numberAt(event.target)
    if (number) later(() => show(number), shown ? 60 : 250)
    else if (box.contains(event.target)) clearTimeout(timer)
    else if (shown !== document.activeElement) later(hide, 250)
  })
  document.addEventListener("focusin", event => {
    const number = numberAt(event.target)
    if (number?.matches(":focus-visible")) show(number)
    else if (!number && !box.contains(event.target)) hide()
  })
  document.addEventListener("keydown", event => {
    if (event.key === "Escape") hide()
  })
  document.addEventListener("pointerdown", event => { pointer = event.pointerType }, true)
  // The first touch asks, the second follows the link.
  document.addEventListener("click", event => {
    const number = numberAt(event.target)
    const touched = (event.pointerType ?? pointer) === "touch"
    if (number && touched && number !== shown) {
      event.preventDefault()
      event.stopPropagation()
      show(number)
    } else if (!box.contains(event.target) || event.target === link) hide()
  }, true)
})()
