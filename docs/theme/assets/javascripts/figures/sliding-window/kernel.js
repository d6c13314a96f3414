// The kernel as it lies on the input: below the numbers that the chosen output reads, its weights and the products. It slides.
import { fill, make, number, range, setAttribute, setText, unbroken } from "../kit.js"
import { indices } from "./numbers.js"

// A strip in each row of the input, held by the row's head: it is as high as the row, and begins where the cells do.
// Readers of the screen have the same in the steps, with all decimals.
export const mountKernel = (part, { kernel, places }) => {
  const block = part("x"), table = block.querySelector("table"), tables = block.parentElement
  for (const [name, count] of [["columns", places + kernel - 1], ["places", places], ["taps", kernel]])
    tables.style.setProperty(`--${name}`, count)
  const strips = [...table.tBodies[0].rows].map(row => {
    const taps = range(kernel).map(() => [make("b"), make("i")])
    const strip = make("span", { class: "insync-kernel" }, ...taps.map(tap => make("span", {}, ...tap)))
    const signs = make("span", { class: "insync-signs" }, make("b", {}, "× w"), make("i", {}, "="))
    row.cells[0].append(make("span", { "aria-hidden": "true" }, signs, strip))
    return { strip, taps }
  })
  return { block, caption: table.caption, strips }
}

// On the input where the chosen output reads it; away while something else is chosen.
export const drawKernel = ({ block, caption, strips }, key, book, decimals, texts) => {
  const isOn = key[0] === "y", [o, t] = indices(key)
  setAttribute(block, "data-kernel", isOn ? "" : null)
  setText(caption, isOn ? unbroken(fill(texts.kernel_on, { o })) : texts.inputs)
  if (!isOn) return
  const { x, w } = book.now()
  strips.forEach(({ strip, taps }, c) => {
    strip.style.transform = `translateX(${100 * t / taps.length}%)`
    taps.forEach(([weight, product], k) => {
      setText(weight, number(w[o][c][k], decimals.w))
      setText(product, number(x[c][t + k] * w[o][c][k], decimals.x))
    })
  })
}
