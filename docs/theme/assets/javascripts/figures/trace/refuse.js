// What torch refuses, in its own words: an id, which cures.js and the texts know, the words, and their numbers.
export class Refused extends Error {
  constructor(id, words, values = {}) {
    super(words)
    Object.assign(this, { id, values })
  }
}
const as = error => (id, words, values) => {
  throw new Refused(id, `${error}: ${words}`, values)
}
export const runtime = as("RuntimeError"), value = as("ValueError"), type = as("TypeError"), index = as("IndexError"),
  missing = as("NotImplementedError"), division = as("ZeroDivisionError"), attribute = as("AttributeError")

export const listed = shape => `[${shape.join(", ")}]`
export const tuple = shape => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`)

// An axis by its number, which counts from the end where it is negative.
export const axis = (dim, count, values = {}) => {
  const most = Math.max(count, 1)
  if (dim < -most || dim >= most)
    index("dim", `Dimension out of range (expected to be in range of [${-most}, ${most - 1}], but got ${dim})`, { dim, count, ...values })
  return dim < 0 ? dim + most : dim
}
