// Brings the figures of a page to life: each one's script is fetched when a page has it, and not before.
// A site read from disk has them in another way (scripts/conv1d_site/steps/finish/from_disk).
// Without this the figures stay what they are in the page, tables.
(() => {
  const start = async figure => {
    figure.dataset.live = "" // instant navigation may come by twice
    try {
      const name = figure.dataset.figure
      const { default: live } = await (globalThis.onDisk?.figure(name) ?? import(`./figures/${name}.js`))
      if (figure.isConnected) live(figure)
    } catch (error) {
      console.error(`The figure ${figure.dataset.figure} stays a table.`, error)
    }
  }
  document$.subscribe(() => {
    for (const figure of document.querySelectorAll("figure[data-figure]:not([data-live])")) start(figure)
  })
})()
