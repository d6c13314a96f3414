// The kernel as it lies on the input: a block of its weights over the cells that the chosen output reads. It slides.
import { make, number, range, setAttribute, setText } from "../kit.js"
import { indices } from "./numbers.js"

const DECIMALS = 2 // of a weight; the table of weights has them whole

// A row of weights in each row of the input, in front of its cells.
export const mountKernel = (part, { channels, kernel }) => {
  const rows = range(channels).map(() => make("div", {}, ...range(kernel).map(() => make("span"))))
  const block = make("div", { class: "insync-kernel", "aria-hidden": "true" }, ...rows)
  part("x").append(block)
  return { block, rows, table: part("x").querySelector("table"), places: [] }
}

// Where each of its places is, measured anew when the figure has another width; all columns are equally wide.
export const placeKernel = ({ block, rows, table, places }) => {
  const lines = [...table.tBodies[0].rows], around = block.parentElement.getBoundingClientRect()
  places.length = 0
  lines.forEach((line, c) => {
    const cells = [...line.querySelectorAll("td")].map(cell => cell.getBoundingClientRect())
    if (c === 0) places.push(...cells.map(({ left }) => left - around.left + block.parentElement.scrollLeft))
    const { top, height, width } = cells[0]
    const style = { top: `${top - around.top}px`, height: `${height}px`, width: `${width * rows[c].childElementCount}px` }
    Object.assign(rows[c].style, style)
  })
}

// On the input where the chosen output reads it; off it while something else is chosen.
export const drawKernel = ({ block, rows, places }, key, book) => {
  const isOn = key[0] === "y", [o, t] = indices(key)
  setAttribute(block, "data-off", isOn ? null : "")
  if (!isOn || !places.length) return
  const { w } = book.now()
  rows.forEach((row, c) => [...row.children].forEach((cell, k) => setText(cell, number(w[o][c][k], DECIMALS))))
  block.style.transform = `translateX(${places[t]}px)`
}
