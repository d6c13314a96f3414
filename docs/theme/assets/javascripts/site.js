// Instant navigation replaces the page but not the header: the language switch there takes the addresses
// that each page carries at its own end.
document$.subscribe(() => {
  const own = document.querySelectorAll("[data-site=translations] a[hreflang]")
  for (const link of own)
    for (const button of document.querySelectorAll(`[data-site=languages] a[hreflang="${link.hreflang}"]`))
      button.href = link.href
})
