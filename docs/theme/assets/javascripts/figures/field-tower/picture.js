// The picture of the tower: where everything is, its cells and links as a few paths, and two strips to choose on.
import { make, setAttribute, setText, svg } from "../kit.js"
import { added, taps } from "../tower.js"

export const MOST = 5 // layers
export const LONGEST = 32 // positions of the input
const [NARROWEST, WIDEST] = [12, 26] // pixels for one: the picture scrolls in its box sooner than that less can be seen
const BEYOND = 24 // positions of padding with room at either end: all there is without strides; a triangle stands for more
const [LEFT, TOP, FLOOR, FOOT] = [16, 16, 36, 26] // pixels: names of the levels, margin, from level to level, scale
const PATHS = ["own", "links", "cells", "added", "far", "used", "future", "holes", "chosen", "pin"]

const square = (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`
const diamond = (x, y, r) => `M${x - r} ${y}l${r} ${-r} ${r} ${r} ${-r} ${r}z`
const dot = (x, y) => `M${x - 2} ${y}a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z`
// A triangle that points out of the picture, to the left or to the right.
const outwards = (x, y, r, to) => `M${x + to * r} ${y}l${-2 * to * r} ${-r}v${2 * r}z`
const cross = (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`

const strip = (which, label) => make("div", {
  role: "slider", tabindex: "-1", "data-strip": which, "aria-label": label, "aria-valuemin": "0",
})

export const mountPicture = texts => {
  const paths = Object.fromEntries(PATHS.map(name => [name, svg("path", { "data-path": name })]))
  const names = Array.from({ length: MOST + 1 }, () => svg("text", { x: 0 }))
  const ticks = Array.from({ length: Math.ceil(LONGEST / 5) }, () => svg("text", { "text-anchor": "middle" }))
  const drawing = svg("svg", { "aria-hidden": "true" })
  drawing.append(...Object.values(paths), ...ticks)
  const margin = svg("svg", { "aria-hidden": "true", width: LEFT, "data-names": "" }) // stays where it is when the picture scrolls
  margin.append(...names)
  const strips = { y: strip("y", texts.output), x: strip("x", texts.input) }
  const tower = make("div", { class: "insync-tower" }, margin, drawing, strips.y, strips.x)
  const box = make("div", { class: "insync-part", "data-part": "tower" }, tower)
  return { box, tower, drawing, margin, paths, names, ticks, strips, shape: null }
}

// Where things are in a box of that width: x of a position of a level, y of a level, half the side of a cell.
const layout = ({ length, mode, layers, all }, width) => {
  const deep = all.length - 1, jumps = [1]
  for (const [, , stride] of layers) jumps.push(jumps.at(-1) * stride)
  let least = 0, most = length - 1
  for (let l = 0; l < deep; l++) {
    const [left, right] = added({ mode, layers }, l)
    least = Math.min(least, -left * jumps[l])
    most = Math.max(most, (all[l] - 1 + right) * jumps[l])
  }
  // Where padding lies further out than there is room for, one column more has the triangles that say so.
  const from = Math.max(-BEYOND - 1, least), to = Math.min(length + BEYOND, most)
  const columns = to - from + 1
  const pitch = Math.max(NARROWEST, Math.min(WIDEST, (width - LEFT) / columns))
  const place = at => Math.round((LEFT + (Math.max(from, Math.min(to, at)) - from + 0.5) * pitch) * 10) / 10
  return {
    deep, from, to, pitch, place, width,
    wide: Math.floor(LEFT + columns * pitch),
    r: Math.floor(Math.min(pitch - 1.5, 20) * 5) / 10,
    x: (l, i) => place(i * jumps[l]),
    y: l => TOP + (deep - l) * FLOOR,
    isFar: (l, i) => i * jumps[l] < -BEYOND || i * jumps[l] >= length + BEYOND,
  }
}

// The cells of level l, those of padding only where they are used.
const drawLevel = (d, scene, { x, y, r, from, to, place, isFar }, l, chosen) => {
  const count = scene.all[l], used = new Set(scene.levels[l])
  for (let i = 0; i < count; i++) {
    const at = [x(l, i), y(l)]
    if (!used.has(i)) d.cells += square(...at, r)
    else if (chosen[0] === l && chosen[1] === i) {
      d.chosen = square(...at, r + 1)
      if (scene.pinned) d.pin = dot(...at)
    } else if (l === 0 && i > scene.view.own) d.future += diamond(...at, r + 0.5)
    else d.used += square(...at, r)
  }
  const ends = [...used].filter(i => i < 0 || i >= count)
  for (const i of ends) if (!isFar(l, i)) d.added += square(x(l, i), y(l), r - 0.5)
  for (const side of [-1, 1])
    if (ends.some(i => i * side > 0 && isFar(l, i))) d.far += outwards(place(side < 0 ? from : to), y(l), r - 1, side)
}

// From each cell that is used to those of the level below that it reads.
const drawLinks = (d, scene, { x, y, r, deep }) => {
  for (let l = 0; l < deep; l++) {
    const there = new Set(scene.levels[l])
    for (const t of scene.levels[l + 1]) {
      if (t < 0 || t >= scene.all[l + 1]) continue
      for (const i of taps(scene, l, t)) if (there.has(i)) d.links += `M${x(l + 1, t)} ${y(l + 1) + r}L${x(l, i)} ${y(l) - r}`
    }
  }
}

const drawPaths = (paths, scene, shape, chosen) => {
  const { refused, back, view } = scene, { x, y, r, deep } = shape
  const d = Object.fromEntries(PATHS.map(name => [name, ""]))
  for (const l of scene.all.keys()) drawLevel(d, scene, shape, l, chosen)
  if (!refused) drawLinks(d, scene, shape)
  if (!refused && !back) {
    for (const i of view.holes) d.holes += cross(x(0, i), y(0), r - 1)
    d.own = `M${x(0, view.own)} ${y(deep)}V${y(0) + r + 5}`
  }
  for (const name of PATHS) setAttribute(paths[name], "d", d[name])
}

const drawScales = ({ names, ticks }, { length }, { x, y, deep }) => {
  names.forEach((text, l) => {
    setText(text, l > deep ? "" : l ? String(l) : "x")
    setAttribute(text, "y", String(y(l) + 4))
  })
  ticks.forEach((text, at) => {
    setText(text, at * 5 < length ? String(at * 5) : "")
    setAttribute(text, "x", String(x(0, at * 5)))
    setAttribute(text, "y", String(y(0) + FOOT - 4))
  })
}

const drawStrips = (strips, { length, all, t, i, refused }, texts) => {
  strips.y.hidden = strips.x.hidden = !!refused
  const marks = {
    y: [String(all.at(-1) - 1), String(t), `y[${t}]`],
    x: [String(length - 1), String(i ?? 0), i === null ? texts.nothing : `x[${i}]`],
  }
  for (const [which, [most, now, text]] of Object.entries(marks)) {
    setAttribute(strips[which], "aria-valuemax", most)
    setAttribute(strips[which], "aria-valuenow", now)
    setAttribute(strips[which], "aria-valuetext", text)
  }
}

export const drawPicture = (picture, scene, texts, width) => {
  const { all, levels, t, i, refused, back } = scene, shape = layout(scene, width), { x, y, wide } = shape
  const chosen = refused ? [] : back ? [0, i] : [all.length - 1, t]
  drawPaths(picture.paths, scene, shape, chosen)
  drawScales(picture, scene, shape)
  const high = y(0) + FOOT
  setAttribute(picture.drawing, "width", String(wide))
  for (const element of [picture.drawing, picture.margin]) setAttribute(element, "height", String(high))
  setAttribute(picture.tower, "style", `width: ${wide}px; height: ${high}px`)
  setAttribute(picture.tower, "data-wide", wide > width ? "" : null)
  drawStrips(picture.strips, scene, texts)
  const used = levels.flatMap((level, l) => level.map(each => x(l, each)))
  picture.shape = { ...shape, used, chosen: refused ? null : x(...chosen) }
}

// The position of the input that is drawn at so many pixels from the picture's left edge.
export const positionAt = ({ shape }, offset) => (offset - LEFT) / shape.pitch - 0.5 + shape.from

// Scrolls the box when the chosen cell is out of sight: to the middle of its paths, or as near to that as it can be seen.
export const reveal = ({ box, shape: { wide, width, chosen, used } }) => {
  if (wide <= width || chosen === null) return
  const near = 2 * NARROWEST, [least, most] = [chosen - width + near, chosen - near - LEFT]
  if (box.scrollLeft >= least && box.scrollLeft <= most) return
  const middle = (Math.min(...used) + Math.max(...used) + LEFT - width) / 2
  box.scrollLeft = Math.min(most, Math.max(least, middle))
}
