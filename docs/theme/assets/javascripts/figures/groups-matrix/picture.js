// The two pictures of the layer: channels with lines between those that are joined, and the matrix row by row.
import { drawList, list, make, setAttribute, setHidden, setText, svg } from "../kit.js"
import { joined } from "../matrix.js"

const PITCH = 32 // height of a channel in the drawing's own unit

export const mountPicture = texts => {
  const lists = {
    x: list("cells", texts.channels_in, "x"),
    y: list("cells", texts.channels_out, "y"),
    m: list("lines", texts.matrix, "m"),
  }
  const drawing = svg("svg", { "aria-hidden": "true", preserveAspectRatio: "none" })
  const [all, marked] = ["all", "marked"].map(name => svg("path", { "data-lines": name }))
  drawing.append(all, marked)
  return {
    lists, drawing, all, marked,
    net: make("div", { class: "insync-net" }, lists.x, drawing, lists.y),
    label: make("div", { class: "insync-label", "aria-hidden": "true" }),
    band: make("div", { class: "insync-part" }, lists.m),
  }
}

// Gives what the choice means for channel n of x or of y: it is "chosen", it is "read" with what is chosen, or nothing.
const sidesOf = ({ p, words, block, row, column, rowName, rowAt, columnAt }) => (name, n) => {
  if (words) return null
  const isJoined = other => joined(p, name === "y" ? n : other, name === "y" ? other : n)
  if (block === name) return n === row ? "chosen" : null
  if (block !== "m") return isJoined(row) ? "read" : null
  const [channel] = rowAt(row)
  if (name === rowName) return n === channel ? "chosen" : null
  if (column >= 0) return n === columnAt(column)[0] ? "chosen" : null
  return isJoined(channel) ? "read" : null
}

const drawChannels = (block, name, count, { p, block: chosen, row }, side) => drawList(block, count, [], (element, n) => {
  const mark = side(name, n)
  setText(element, `${name}[${n}]`)
  setAttribute(element, "data-key", `${name}-${n}`)
  setAttribute(element, "data-mark", mark)
  setAttribute(element, "data-pinned", p.pinned && chosen === name && n === row ? "" : null)
  setAttribute(element, "aria-selected", String(!!mark))
})

const drawNet = ({ drawing, all, marked }, { p, words }, side) => {
  let plain = "", strong = ""
  for (let o = 0; o < (words ? 0 : p.outputs); o++)
    for (let c = 0; c < p.inputs; c++) {
      if (!joined(p, o, c)) continue
      const line = `M0 ${(c + 0.5) * PITCH}L100 ${(o + 0.5) * PITCH}`
      if (side("y", o) && side("x", c)) strong += line
      else plain += line
    }
  setAttribute(all, "d", plain)
  setAttribute(marked, "d", strong)
  const high = Math.max(p.inputs, p.outputs)
  setAttribute(drawing, "viewBox", `0 0 100 ${high * PITCH}`)
  setAttribute(drawing, "style", `height:${high * PITCH}px`)
}

const drawMatrix = (block, scene) => {
  const { p, turned, table, places, count, rowName, rowAt, row, column } = scene
  const perRow = (turned ? p.inputs : p.outputs) / p.groups, perColumn = (turned ? p.outputs : p.inputs) / p.groups
  const wide = perColumn * places
  setAttribute(block, "style", `--count:${count};--channel:${places}`)
  drawList(block, table.length, ["span", "span"], (element, n) => {
    const [channel, place] = rowAt(n), name = `${rowName}[${channel},${place}]`
    const chosen = scene.block === "m" && n === row, outlined = chosen && column >= 0
    setText(element.firstChild, name)
    setText(element.lastChild, table[n].map(weight => (weight ? weight[2] : "·")).join(""))
    setAttribute(element, "data-key", `m-${n}`)
    // Where they are used: what is set further up has the style of all that is beneath made anew.
    setAttribute(
      element.lastChild, "style",
      `--from:${Math.floor(channel / perRow) * wide};--wide:${wide}${outlined ? `;--column:${column}` : ""}`,
    )
    setAttribute(element, "data-cell", outlined ? "" : null)
    setAttribute(element, "data-pinned", p.pinned && chosen ? "" : null)
    setAttribute(element, "data-first", place === 0 && n ? "" : null)
    setAttribute(element, "data-mark", chosen ? "chosen" : scene.block === rowName && channel === row ? "read" : null)
    setAttribute(element, "aria-selected", String(chosen))
    setAttribute(element, "aria-label", name)
  })
}

export const drawPicture = (picture, scene, label) => {
  const { lists, net, band } = picture, { p, words } = scene, side = sidesOf(scene)
  drawChannels(lists.x, "x", p.inputs, scene, side)
  drawChannels(lists.y, "y", p.outputs, scene, side)
  drawNet(picture, scene, side)
  drawMatrix(lists.m, scene)
  for (const part of [net, picture.label, band]) setHidden(part, !!words)
  setText(picture.label, label)
}

// What a pointer is at: a channel, a row of the matrix by its name, or one of its cells, of `count` in a row.
export const keyAt = ({ target, clientX }, count) => {
  const own = target.closest("[data-key]")?.dataset.key
  if (own?.[0] !== "m" || target !== target.parentElement.lastChild) return own
  const { left, width } = target.getBoundingClientRect()
  return `${own}-${Math.max(0, Math.min(Math.floor((clientX - left) / width * count), count - 1))}`
}
