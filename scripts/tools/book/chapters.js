// Runs in pages of the site, opened from disk and without their own scripts: what a book is put together from.
globalThis.bookParts = {
  // On the home page: the site's name, and the groups of the guide in the menu, each with the files of its pages.
  contents: () => {
    const guide = [...document.querySelectorAll(".md-nav__item--nested")].find(
      item => item.querySelector(":scope > div > a, :scope > a")?.getAttribute("href")?.endsWith("guide/index.html"),
    )
    const title = link => link.querySelector(".md-ellipsis").textContent.trim()
    const groups = [...guide.querySelectorAll(":scope > nav > ul > li.md-nav__item--nested")]
    return {
      title: document.querySelector("meta[property='og:site_name']").content,
      description: document.querySelector("meta[name=description]").content,
      built: document.querySelector(".md-copyright").textContent.trim(),
      address: (document.querySelector("link[rel=canonical]")?.href ?? "").replace(/index\.html$/, ""),
      language: document.documentElement.lang,
      groups: groups.map(group => ({
        title: title(group.querySelector(":scope > label")),
        chapters: [...group.querySelectorAll("a.md-nav__link")].map(link => ({ title: title(link), file: link.href })),
      })),
    }
  },

  // On a chapter's page: its HTML, with anchors of its own, and links that lead within the book where it has what they
  // lead to. `places`: by file, the chapter's name in the book. `site`: the address of the site's folder, and `address`
  // where it is published, or nothing.
  chapter: ({ places, site, address }) => {
    const here = location.href.split("#")[0]
    const name = places[here]
    const article = document.querySelector("article.md-content__inner").cloneNode(true)
    for (const part of article.querySelectorAll(".site-notebook, .site-paper, .headerlink, .md-content__button, .md-tags, .md-source-file, script, noscript, style")) part.remove()
    for (const element of article.querySelectorAll("[id]")) element.id = `${name}--${element.id}`
    for (const attribute of ["aria-labelledby", "aria-describedby", "for", "name"])
      for (const element of article.querySelectorAll(`[${attribute}]`)) element.setAttribute(attribute, `${name}--${element.getAttribute(attribute)}`)
    for (const use of article.querySelectorAll("use[href^='#']")) use.setAttribute("href", `#${name}--${use.getAttribute("href").slice(1)}`)
    for (const image of article.querySelectorAll("img[src]")) image.setAttribute("src", new URL(image.getAttribute("src"), here).href)
    for (const link of article.querySelectorAll("a[href]")) {
      const [file, anchor] = new URL(link.getAttribute("href"), here).href.split("#")
      if (places[file]) link.setAttribute("href", `#${places[file]}${anchor ? `--${decodeURIComponent(anchor)}` : ""}`)
      else if (file.startsWith(site) && address) link.setAttribute("href", address + file.slice(site.length) + (anchor ? `#${anchor}` : ""))
      else if (file.startsWith(site)) link.replaceWith(...link.childNodes)
    }
    for (const fold of article.querySelectorAll("details")) fold.open = true
    const sheets = [...document.head.querySelectorAll("link[rel=stylesheet]:not([data-page])")]
    for (const sheet of sheets) sheet.setAttribute("href", sheet.href)
    const head = [...sheets, ...document.head.querySelectorAll("style")].map(element => element.outerHTML)
    return { html: article.innerHTML, head }
  },
}
