// Instant navigation replaces the page but not the header: the language switch there takes the addresses
// that each page carries at its own end.
document$.subscribe(() => {
  const own = document.querySelectorAll("[data-site=translations] a[hreflang]")
  for (const link of own)
    for (const button of document.querySelectorAll(`[data-site=languages] a[hreflang="${link.hreflang}"]`))
      button.href = link.href
})

// A figure stood in the chapter on text; an address shared then still leads to it.
{
  const { pathname, search, hash } = location
  if (search.includes("which-axis=") && pathname.endsWith("/guide/text/"))
    location.replace(pathname.replace(/text.$/, "wrong-axis/") + search + hash)
}
