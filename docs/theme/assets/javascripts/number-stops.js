// A section's numbers are one stop of the tab key; the arrow keys lead from there to the others, also into the next section.
// Without this script each number is a stop, as links are.
{
  const NUMBER = "a.insync-number[data-cell]"
  // What may be folded away while the rest of its section is read has a stop of its own.
  const APART = "details, .tabbed-block, figure"

  let numbers = [] // of the page, as they are read
  let groups = new Map() // from each of them to those that it shares a stop with

  const collect = page => {
    const found = new Map()
    let section = page
    numbers = []
    for (const each of page.querySelectorAll(`article h2, article ${NUMBER}`)) {
      if (!each.matches(NUMBER)) {
        section = each
        continue
      }
      const around = each.closest(APART) ?? section
      if (!found.has(around)) found.set(around, [])
      found.get(around).push(each)
      numbers.push(each)
    }
    groups = new Map([...found.values()].flatMap(group => group.map(each => [each, group])))
    for (const group of found.values()) stopAt(group[0])
  }

  const stopAt = number => {
    for (const each of groups.get(number) ?? []) each.tabIndex = each === number ? 0 : -1
  }

  const next = (number, step) => {
    let at = numbers.indexOf(number)
    do at += step
    while (numbers[at] && !numbers[at].checkVisibility())
    return numbers[at]
  }

  document$.subscribe(() => collect(document))
  document.addEventListener("focusin", ({ target }) => stopAt(target))
  document.addEventListener("keydown", event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step || !groups.has(event.target) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    next(event.target, step)?.focus()
  })
}
