// Names for screen readers, and a tab stop, where the page comes to scroll; and for what Material's script adds without one.
{
  const words = JSON.parse(document.querySelector("meta[name='site:names']").content)

  // What may be wider than the page, and what it is; the first that fits.
  const KINDS = {
    ".insync-warning code": words.warning,
    ".insync-error code": words.error,
    ".insync-output code, .jp-OutputArea pre": words.output,
    "pre > code": words.code,
    ".math-display": words.formula,
    ".md-typeset__scrollwrap": words.table,
  }
  const WIDE = ".md-typeset :is(pre > code, .jp-OutputArea pre, .math-display, .md-typeset__scrollwrap)"

  const mark = element => {
    const [, name] = Object.entries(KINDS).find(([selector]) => element.matches(selector))
    const scrolls = element.scrollWidth > element.clientWidth
    for (const [key, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": name }))
      if (scrolls) element.setAttribute(key, value)
      else element.removeAttribute(key)
  }

  const sizes = new ResizeObserver(entries => {
    for (const { target } of entries) mark(target)
  })
  document$.subscribe(() => {
    sizes.disconnect()
    for (const each of document.querySelectorAll(WIDE)) sizes.observe(each)
  })

  // The button that copies is no place to navigate to, and a note on a line of code has only a digit that a style sheet draws.
  component$.subscribe(({ ref }) => {
    if (!(ref instanceof Element)) return
    ref.closest("pre")?.querySelector("nav.md-code__nav")?.setAttribute("role", "none")
    if (!ref.matches(".md-annotation")) return
    const index = ref.querySelector(".md-annotation__index")
    const name = `${words.note} ${index.firstElementChild.dataset.mdAnnotationId}`
    ref.setAttribute("role", "note")
    for (const each of [ref, index]) each.setAttribute("aria-label", name)
  })
}
