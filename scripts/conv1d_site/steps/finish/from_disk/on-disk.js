// For the site read from disk: what a browser then refuses to load (modules, workers, `fetch`) comes out of scripts
// that lie in on-disk/ beside this one (scripts/conv1d_site/steps/finish/from_disk), each loaded when it is wanted.
globalThis.onDisk = (() => {
  const folder = new URL("on-disk/", document.currentScript.src)
  const given = {} // by name, what the scripts have brought
  const asked = {}
  const modules = {} // by path, their addresses

  const ask = name => {
    asked[name] ??= new Promise((resolve, reject) => {
      const script = document.createElement("script")
      script.src = new URL(`${name}.js`, folder)
      script.onload = () => resolve(given[name])
      script.onerror = () => {
        delete asked[name] // may be asked again
        reject(new Error(`${script.src} cannot be read`))
      }
      document.head.append(script)
    })
    return asked[name]
  }

  const addressOf = text => URL.createObjectURL(new Blob([text], { type: "text/javascript" }))

  // A module's address, with those of what it imports in it: a module has one, whoever imports it.
  const moduleAt = (path, sources) => {
    modules[path] ??= addressOf(sources[path].map(part => (typeof part === "string" ? part : moduleAt(part.module, sources))).join(""))
    return modules[path]
  }

  return {
    give: (name, what) => {
      given[name] = what
    },
    figure: async name => import(moduleAt(`figures/${name}.js`, await ask("modules"))),
    searchWorker: async () => addressOf(await ask("search-worker")),
    searchIndex: async () => new TextEncoder().encode(await ask("search-index")).buffer,
  }
})()
