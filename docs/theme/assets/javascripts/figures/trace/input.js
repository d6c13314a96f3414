// The input: given in its box, or by the first tensor that the text creates, or assumed from the first layer. Its axes
// get their names from the first layer that it meets.
import { DEEPEST } from "./world.js"
import { isWhole } from "./arguments.js"
import { tensor } from "./tensor.js"

// What the reader said of the input: "(8, 3, 100)", "torch.rand(8, 3, 100)", "tokens (8, 50)", "8x3x100", "N=8, C=3, L=100".
export const readInput = text => {
  const long = /token|long|int\b|randint|index|indices|ids\b|词/i.test(text)
  const named = /(?:rand(?:n|int)?|zeros|ones|empty|Size|arange)\s*\(([\s\S]*)/.exec(text)?.[1] ?? text
  const inside = /[([]([\s\d,]*)[)\]]/.exec(named)?.[1] ?? named // of randint(0, 50, (8, 30)), the size
  const numbers = (inside.replace(/\b[a-zA-Z]+\d+\b/g, " ").match(/\d+/g) ?? []).map(Number)
  return numbers.length ? { shape: numbers.slice(0, 6), long } : null
}

// What the axes of an input stand for, by the first layer that it meets.
export const nameAxes = (count, first) => {
  if (first === "tokens") return ["N", "L", "F", "F", "F", "F"].slice(0, count)
  if (first === "sequence-first") return count === 3 ? ["L", "N", "C"] : ["L", "C"].slice(0, count)
  if (first === "last") return count === 3 ? ["N", "L", "C"] : ["N", "F", "F", "F", "F", "F"].slice(0, count)
  return [["L"], ["L"], ["C", "L"], ["N", "C", "L"]][count] ?? ["N", "C", ...Array(Math.max(0, count - 3)).fill("F"), "L"]
}

const inputTensor = ({ shape, long }, first) => tensor(shape, nameAxes(shape.length, first), { long, regular: [0, 1] })

const kindOfFirst = ({ kind, args } = {}) =>
  kind === "Embedding" ? "tokens" : ["LSTM", "GRU", "RNN"].includes(kind) ? (args?.batch_first ? "last" : "sequence-first")
    : ["Linear", "LazyLinear", "LayerNorm", "RMSNorm", "permute", "transpose"].includes(kind) ? "last" : "channels"

const assumed = (kind, { kind: name, args } = {}) => {
  const whole = (value, usual) => (isWhole(value) && value > 0 ? value : usual)
  if (kind === "tokens") return { shape: [8, 100], long: true }
  if (kind === "sequence-first") return { shape: [100, 8, whole(args?.input_size, 3)], long: false }
  if (name === "Linear") return { shape: [8, whole(args?.in_features, 3)], long: false }
  if (kind === "last") return { shape: [8, 100, whole(args?.input_size, 3)], long: false }
  return { shape: [8, whole(args?.in_channels ?? args?.num_features ?? args?.num_channels, 3), 100], long: false }
}

// The input, with its axes named after the first layer that it meets.
export const inputFor = (w, first) => {
  const kind = kindOfFirst(first)
  if (!w.input) {
    w.given ??= { ...assumed(kind, first), assumed: true }
    w.input = inputTensor(w.given, kind)
    w.made.push(w.input)
    w.current ??= w.input
  } else if (!w.named) w.input.axes = nameAxes(w.input.shape.length, kind)
  w.named ||= !!first
  return w.input
}
export const firstLeaf = (module, depth = 0) => {
  const inner = module.items ? module.items[0]?.item : module.own && [...module.fields.values()].find(each => each?.type === "module")
  return inner && depth < DEEPEST ? firstLeaf(inner, depth + 1) : module
}

export const currentFor = (w, first) => {
  if (w.current && w.named) return w.current
  const input = inputFor(w, first)
  w.current ??= input
  return w.current
}
