// Python's arithmetic on whole numbers, floats and lists, as sizes are worked out with it.
import { float, isList, isNumber, isWhole, numeric, roomFor, sequence, unknown } from "./arguments.js"

const ARITHMETIC = {
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "//": (a, b) => Math.floor(a / b),
  "%": (a, b) => ((a % b) + b) % b, "**": (a, b) => a ** b, "<<": (a, b) => a * 2 ** b, ">>": (a, b) => Math.floor(a / 2 ** b),
}
const COMPARE = {
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "==": (a, b) => a === b,
  "!=": (a, b) => a !== b, is: (a, b) => a === b, "is not": (a, b) => a !== b, and: (a, b) => a && b, or: (a, b) => a || b,
}
const repeated = ({ type, items }, count) => {
  roomFor(items.length * count)
  return sequence(type, Array.from({ length: items.length && Math.max(0, count) }, () => items).flat())
}
export const compute = (sign, a, b) => {
  const none = a === null || b === null
  if (none && Object.hasOwn(COMPARE, sign) && a?.type !== "unknown" && b?.type !== "unknown") return COMPARE[sign](a, b)
  if (isList(a) && isList(b) && sign === "+") return sequence(a.type, [...a.items, ...b.items])
  if (isList(a) && isWhole(b) && sign === "*") return repeated(a, b)
  if (isWhole(a) && isList(b) && sign === "*") return repeated(b, a)
  if (Object.hasOwn(COMPARE, sign) && [a, b].every(each => each === null || typeof each !== "object" || isNumber(each)))
    return COMPARE[sign](isNumber(a) ? numeric(a) : a, isNumber(b) ? numeric(b) : b)
  if (!Object.hasOwn(ARITHMETIC, sign) || !isNumber(a) || !isNumber(b)) return unknown([a, b].find(each => each?.type === "unknown")?.why ?? sign)
  const result = ARITHMETIC[sign](numeric(a), numeric(b))
  if (!Number.isFinite(result)) return unknown(sign)
  return sign === "/" || a.type === "float" || b.type === "float" ? float(result) : result
}
export const isArithmetic = sign => Object.hasOwn(ARITHMETIC, sign)
