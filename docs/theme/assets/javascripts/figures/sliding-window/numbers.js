// The numbers of the layer by key, such as x-1-4, w-0-2-3 or b-1, with what the reader changed of them; the outputs
// y-0-2 that follow; and which number meets which.
import { conv1d } from "../conv.js"

export const indices = key => key.split("-").slice(1).map(Number)

// How the text calls it: y[0, 0, 2], w[0, 2, 3].
export const title = key => {
  const at = indices(key)
  return key[0] === "y" || key[0] === "x" ? `${key[0]}[0, ${at.join(", ")}]` : `${key[0]}[${at.join(", ")}]`
}

// How many there are of everything.
export const sizesOf = ({ x, weight, y }) => ({
  outputs: y.length, places: y[0].length, all: y.length * y[0].length, channels: x.length, kernel: weight[0][0].length,
})

// The numbers as torch has them and as the reader has changed them, and whether the bias is added.
export const ledger = data => {
  const torch = { x: data.x, w: data.weight, b: data.bias }
  const changed = new Map()
  let known = null // the numbers and what follows from them, until one of them changes
  const book = {
    changed,
    bias: true,
    value: key => changed.get(key) ?? indices(key).reduce((block, index) => block[index], torch[key[0]]),
    change: (key, to) => {
      changed.set(key, to)
      known = null
    },
    // Whether there was anything to take back.
    restore: key => {
      const was = changed.delete(key)
      if (was) known = null
      return was
    },
    forget: forgotten => {
      book.bias = !forgotten
      known = null
    },
    reset: () => {
      changed.clear()
      book.forget(false)
    },
    now: () => (known ??= compute(torch, changed, book.bias)),
  }
  return book
}

const compute = (torch, changed, withBias) => {
  const { x, w, b } = structuredClone(torch)
  for (const [key, to] of changed) {
    const at = indices(key), last = at.pop()
    at.reduce((block, index) => block[index], { x, w, b }[key[0]])[last] = to
  }
  return { x, w, b, y: conv1d(x, w, withBias ? b : null) }
}

// The outputs that use a number, by their keys, each with the input and the weight that meet there. None use an output.
export const usersOf = (key, { outputs, places, kernel }) => {
  const kind = key[0], at = indices(key), used = new Map()
  if (kind === "y") return used
  const c = kind === "x" ? at[0] : at[1]
  for (let o = 0; o < outputs; o++)
    for (let t = 0; t < places; t++) {
      const k = kind === "x" ? at[1] - t : at[2]
      if (kind === "x" ? k >= 0 && k < kernel : o === at[0]) used.set(`y-${o}-${t}`, { c, k, i: t + k, o, t })
    }
  return used
}

// What is marked beside a chosen key: what an output reads; the outputs that use a number, and what it meets there.
export const marksOf = (key, used, { channels, kernel }, withBias) => {
  const kind = key[0], at = indices(key)
  const marked = new Map([...used.keys()].map(each => [each, "used"]))
  if (kind === "y") {
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < kernel; k++) {
        marked.set(`x-${c}-${at[1] + k}`, "read")
        marked.set(`w-${at[0]}-${c}-${k}`, "read")
      }
    if (withBias) marked.set(`b-${at[0]}`, "read")
  } else if (kind !== "b")
    for (const { c, k, i, o } of used.values()) marked.set(kind === "x" ? `w-${o}-${c}-${k}` : `x-${c}-${i}`, "read")
  return marked
}
