// The tables of the figure: cells that can be chosen, the steps to an output, and the list of those that use a number.
import { fill, make, number, setAttribute, setText, unbroken } from "../kit.js"
import { indices, title } from "./numbers.js"

const NARROW = 560 // pixels, below which four decimals do not fit in every table
const NARROWEST = 300

// How many decimals each kind of number has room for in a figure of that width.
export const decimalsAt = width => {
  const [wide, y] = [width < NARROW ? 2 : 4, width < NARROWEST ? 3 : 4]
  return { y, x: wide, w: wide, b: 4 }
}

// The tables become grids; their cells are what they were, with room for a note. Gives the cells by key, and row by row.
export const mountCells = (part, { channels, kernel }) => {
  const cells = new Map(), rows = {}
  const adopt = (cell, key) => {
    cell.dataset.key = key
    cell.tabIndex = -1
    const digits = make("span", { class: "insync-digits" }), note = make("small")
    cell.replaceChildren(digits, note)
    cells.set(key, { cell, digits, note, name: `${title(key)} = `, looks: "" })
    return cell
  }
  for (const name of ["y", "x", "w"]) {
    const table = part(name).querySelector("table")
    table.setAttribute("role", "grid")
    const lines = [...table.tBodies[0].rows].map(row => [...row.querySelectorAll("td")])
    rows[name] = lines.map((line, first) => line.map((cell, second) => {
      if (name !== "w") return adopt(cell, `${name}-${first}-${second}`)
      if (first === channels) return adopt(cell, `b-${second}`)
      return adopt(cell, `w-${Math.floor(second / kernel)}-${first}-${second % kernel}`)
    }))
  }
  return { cells, rows }
}

// Writes what differs from what stands there. Gives the number of outputs that are no longer torch's.
export const drawCells = (cells, { key, pinned, book, original, used, marked, decimals }) => {
  const { y } = book.now(), kind = key[0]
  let moved = 0
  for (const [each, drawn] of cells) {
    const [o, t] = indices(each)
    const amount = each[0] === "y" ? y[o][t] : book.value(each)
    const differs = each[0] === "y" ? Math.abs(amount - original[o][t]) > 5e-5 : book.changed.has(each)
    if (each[0] === "y" && differs) moved++
    const use = used.get(each)
    const words = !use || kind === "b" ? "" : kind === "x" ? `k=${use.k}` : `x[${use.c}, ${use.i}]`
    const mark = each === key ? "chosen" : marked.get(each) ?? null
    // Most cells are as they were; to ask the document for each would take longer than to draw the others.
    const looks = [amount, differs, words, mark, mark === "chosen" && pinned, decimals[each[0]]].join()
    if (drawn.looks === looks) continue
    drawn.looks = looks
    setText(drawn.digits, number(amount, decimals[each[0]]))
    setText(drawn.note, words)
    setAttribute(drawn.cell, "data-differs", differs ? "" : null)
    setAttribute(drawn.cell, "data-mark", mark)
    setAttribute(drawn.cell, "data-pinned", each === key && pinned ? "" : null)
    setAttribute(drawn.cell, "aria-selected", each === key ? "true" : null)
    setAttribute(drawn.cell, "aria-label", drawn.name + number(amount) + (differs ? "*" : ""))
  }
  return moved
}

// ---- The steps to an output: product by product.

export const mountSteps = (part, { channels, kernel }) => {
  const table = part("steps").querySelector("table"), rows = [...table.tBodies[0].rows]
  const products = rows.slice(0, channels).map(row => {
    const found = [...row.querySelectorAll("td")]
    return { taps: found.slice(0, kernel).map(cell => [...cell.children]), sum: found[kernel] }
  })
  const [total, bias, result] = rows.slice(channels).map(row => [...row.children])
  return { table, products, total, bias, result }
}

const drawProducts = (products, { x, w }, [o, t]) => products.map(({ taps, sum }, c) => {
  let channel = 0
  taps.forEach(([input, weight, product], k) => {
    const made = x[c][t + k] * w[o][c][k]
    setText(input, number(x[c][t + k]))
    setText(weight, `× ${number(w[o][c][k])}`)
    setText(product, `= ${number(made)}`)
    channel += made
  })
  setText(sum, number(channel))
  return channel
})

// Gives the sentence that says the same.
export const drawSteps = ({ table, products, total, bias, result }, key, book, texts) => {
  const now = book.now(), [o, t] = indices(key), withBias = book.bias
  setText(table.caption, unbroken(title(key) + texts.by_steps))
  const sums = drawProducts(products, now, [o, t])
  const sum = sums.reduce((a, b) => a + b)
  const right = sum + now.b[o]
  setText(total[1], number(sum))
  setText(bias[0], `+ ${texts.bias} b[${o}]${withBias ? "" : ` (${texts.forgotten})`}`)
  setText(bias[1], number(now.b[o]))
  setAttribute(bias[1], "data-forgotten", withBias ? null : "")
  setText(result[0], `= ${texts.output} ${title(key)}${
    withBias ? "" : ` (${fill(texts.right, { value: number(right) })})`}`)
  setText(result[1], number(now.y[o][t]))
  return fill(withBias ? texts.say_output : texts.say_forgot, {
    name: title(key), count: now.x.length * now.w[0][0].length, channels: now.x.length,
    sums: sums.map(each => number(each)).join(texts.comma), sum: number(sum), bias: number(now.b[o]), value: number(right),
  })
}

// ---- The outputs that use a number.

export const mountUses = (part, most) => {
  const table = make("table", { class: "insync-table", hidden: "" }, make("caption"), make("tbody"))
  const lines = Array.from({ length: most }, () => {
    const line = [make("th", { scope: "row" }), make("td"), make("td"), make("td")]
    table.tBodies[0].append(make("tr", {}, ...line))
    return line
  })
  part("steps").append(table)
  return { table, lines }
}

const drawUse = ([name, names, product, adds], [to, use], key, book, texts) => {
  setText(name, title(to))
  if (key[0] === "b") {
    setText(names, `b[${indices(key)[0]}]`)
    setText(product, "")
    setText(adds, book.bias ? `+ ${number(book.value(key))}` : texts.forgotten)
    return
  }
  const [x, w] = [book.value(`x-${use.c}-${use.i}`), book.value(`w-${use.o}-${use.c}-${use.k}`)]
  setText(names, `x[0, ${use.c}, ${use.i}] × w[${use.o}, ${use.c}, ${use.k}]`)
  setText(product, `${number(x)} × ${number(w)}`)
  setText(adds, `= ${number(x * w)}`)
}

// Gives the sentence that says the same; `all` outputs there are.
export const drawUses = ({ table, lines }, key, used, all, book, texts) => {
  setText(table.caption, unbroken(fill(texts.used_by, { name: title(key) })))
  const found = [...used]
  lines.forEach((line, index) => {
    line[0].parentElement.hidden = !found[index]
    if (found[index]) drawUse(line, found[index], key, book, texts)
  })
  const say = { x: texts.say_input, w: texts.say_weight, b: book.bias ? texts.say_bias : texts.say_bias_forgot }
  return fill(say[key[0]], {
    name: title(key), value: number(book.value(key)), count: used.size, all, channel: indices(key)[0],
    list: found.map(([each]) => title(each)).join(texts.comma),
  })
}
