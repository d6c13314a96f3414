// The search's index and its worker are asked for when somebody turns to the search, and not before. Runs in front of
// Material's bundle, which asks for both on every first page; search.js draws what is found.
{
  const box = document.querySelector(".md-search__input")
  const told = document.querySelector(".md-search-result__meta")
  const words = JSON.parse(document.querySelector("meta[name='site:search']").content)
  const config = JSON.parse(document.getElementById("__config").textContent)
  // As seen from the page that was loaded first: instant navigation changes the address, and leaves what is said here.
  const script = new URL(config.search, location.href)
  const index = new URL("search/search_index.json", new URL(config.base, location.href))

  // What Material speaks with from its start. It asks nothing before it hears that the worker is ready, and then it
  // asks what stands in the box.
  const standIn = new EventTarget()
  let worker = null
  let turned = false
  // Where the site is read from disk it has both in another way (scripts/conv1d_site/steps/finish/from_disk).
  const { onDisk } = globalThis
  standIn.postMessage = message => worker?.postMessage(message)

  const bytesOf = async address => {
    const response = await fetch(address)
    if (!response.ok) throw new Error(`${address}: ${response.status}`)
    return response.arrayBuffer()
  }

  const answers = worker => new Promise((resolve, reject) => {
    worker.onerror = reject
    worker.onmessage = ({ data }) => {
      resolve()
      standIn.dispatchEvent(new MessageEvent("message", { data }))
    }
  })

  const turnTo = async () => {
    if (turned) return
    turned = true
    const give = bytes => worker.postMessage({ type: 0, data: bytes }, [bytes])
    try {
      worker = new Worker(await (onDisk ? onDisk.searchWorker() : script))
      await Promise.all([answers(worker), (onDisk ? onDisk.searchIndex() : bytesOf(index)).then(give)])
    } catch {
      worker?.terminate()
      worker = null
      turned = false // the next letter tries again
      told.textContent = words.failed
    }
  }

  if (box) {
    box.form.removeAttribute("name") // by which Material knows that there is an index to be fetched
    const Real = window.Worker
    const once = () => {
      window.Worker = Real
      return standIn
    }
    window.Worker = new Proxy(Real, { construct: once })
    box.addEventListener("focus", turnTo)
    box.addEventListener("input", turnTo)
  }
}
