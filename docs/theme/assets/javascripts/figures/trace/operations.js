// What tensors can do themselves between layers: axes exchanged, joined, cut, added.
import { isList, isWhole, repr, sequence, unknown, wholes } from "./arguments.js"
import { axis, index, listed, runtime, type } from "./refuse.js"
import { flatten, mergedName, unflattening } from "./rules-axes.js"
import { contiguous, elementwise, lengthOf, mixed, pointwise, product, size, tensor, together } from "./tensor.js"

// Integers given one by one, or as one tuple or list.
const dims = args => (args.length === 1 && isList(args[0]) ? args[0].items : args)
const takes = (args, names, usual = {}) => ({ ...usual, ...Object.fromEntries(args.positions.map((value, n) => [names[n], value])), ...args.named })

// ---- Axes exchanged.

export const permute = (x, given) => {
  const count = x.shape.length
  if (given.length !== count)
    runtime("permute", `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${count} is not equal to len(dims) = ${given.length}`, { count, given: given.length })
  const order = given.map(dim => axis(dim, count, { op: "permute" }))
  if (new Set(order).size < count) runtime("permute", "permute(): duplicate dims are not allowed.", { count, given: count })
  const pick = all => order.map(i => all[i])
  return pointwise(x, pick(x.shape), pick(x.axes), { strides: pick(x.strides), moved: true })
}
const transpose = (x, a, b) => {
  const count = x.shape.length, [i, j] = [axis(a, count, { op: "transpose" }), axis(b, count, { op: "transpose" })]
  const order = [...x.shape.keys()]
  ;[order[i], order[j]] = [order[j], order[i]]
  return permute(x, order)
}

// ---- Axes of size 1.

const squeeze = (x, given) => {
  const count = x.shape.length, out = given.length ? given.map(dim => axis(dim, count)) : [...x.shape.keys()]
  const kept = [...x.shape.keys()].filter(i => !(out.includes(i) && x.shape[i] === 1)), pick = all => kept.map(i => all[i])
  const made = { long: x.long, strides: pick(x.strides) }
  return relinked(x, pick(x.shape), pick(x.axes), made)
}
// Where L itself goes, nothing stands for positions any more.
const relinked = (x, shape, axes, values) =>
  x.axes.includes("L") && !axes.includes("L") ? mixed(x, shape, axes, values) : pointwise(x, shape, axes, values)

const unsqueeze = (x, dim) => {
  const at = axis(dim, x.shape.length + 1), put = (all, each) => [...all.slice(0, at), each, ...all.slice(at)]
  const stride = at < x.shape.length ? x.strides[at] * x.shape[at] : 1
  return pointwise(x, put(x.shape, 1), put(x.axes, "1"), { strides: put(x.strides, stride) })
}

// ---- view and reshape.

const sizesOf = (x, given) => {
  const open = given.filter(each => each === -1).length, rest = product(given.filter(each => each !== -1)), all = size(x)
  if (open > 1) runtime("view", "only one dimension can be inferred")
  if (given.some(each => each < -1)) runtime("view", `invalid shape dimension ${given.find(each => each < -1)}`)
  if (rest === 0 || (open ? all % rest : rest !== all)) runtime("view", `shape '${listed(given)}' is invalid for input of size ${all}`, { all })
  return given.map(each => (each === -1 ? all / rest : each))
}

// Axes that stay where they were keep their names; those that are made of several are called after all of them.
const axesAfter = (x, shape) => {
  const axes = []
  let i = 0
  for (const [n, each] of shape.entries()) {
    if (each === x.shape[i]) axes.push(x.axes[i++])
    else if (n === shape.length - 1 && each === product(x.shape.slice(i))) {
      axes.push(mergedName(x.axes.slice(i)))
      i = x.shape.length
    } else axes.push(n === 0 && shape.length > 1 ? "N" : "F")
  }
  return axes
}

// Whether numbers lie so that the same memory can be seen in this shape: torch's own rule.
const fits = (x, shape) => {
  let at = shape.length - 1, taken = 1, all = 1, base = x.strides.at(-1) ?? 1
  for (let i = x.shape.length - 1; i >= 0; i--) {
    all *= x.shape[i]
    if (i > 0 && (x.shape[i - 1] === 1 || x.strides[i - 1] === all * base)) continue
    while (at >= 0 && (taken < all || shape[at] === 1)) taken *= shape[at--]
    if (taken !== all) return false
    if (i > 0) [taken, all, base] = [1, 1, x.strides[i - 1]]
  }
  return at < 0
}
const VIEW = "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead."

const reshape = (x, given, isView) => {
  const shape = sizesOf(x, given)
  if (isView && !fits(x, shape)) runtime("view-order", VIEW)
  const axes = axesAfter(x, shape), kept = axes.indexOf("L") === x.axes.indexOf("L") && axes.includes("L")
  const swapped = shape.length === x.shape.length && shape.join() !== x.shape.join() && [...shape].sort().join() === [...x.shape].sort().join()
  const made = { long: x.long, reshaped: { from: x.shape, swapped, batch: x.axes[0] === "N" && shape[0] !== x.shape[0] } }
  return kept ? pointwise(x, shape, axes, made) : relinked(x, shape, axes.map(each => (each === "L" ? "F" : each)), made)
}

// ---- Reductions, and what takes a part.

const reduce = (x, given) => {
  const count = x.shape.length, list = given.dim === null ? [...x.shape.keys()] : isList(given.dim) ? given.dim.items : [given.dim]
  const gone = list.map(dim => axis(dim, count)), keep = given.keepdim === true
  const pick = (all, one) => (keep ? all.map((each, i) => (gone.includes(i) ? one : each)) : all.filter((_, i) => !gone.includes(i)))
  return relinked(x, pick(x.shape, 1), pick(x.axes, "1"), { long: x.long && given.whole })
}

const cut = (x, at, first, count, step) => {
  const shape = x.shape.with(at, count), strides = x.strides.with(at, x.strides[at] * step)
  if (x.axes[at] !== "L") return pointwise(x, shape, x.axes, { strides })
  const length = lengthOf(x)
  return tensor(shape, x.axes, {
    long: x.long, strides, step: [x.step[0] * step, x.step[1]],
    links: [{ of: x, reads: t => [first + t * step, 1, 1], fold: i => (i >= 0 && i < length ? i : -1) }],
  })
}
const chosen = (x, at, i) => {
  const length = x.shape[at]
  if (i >= length || i < -length) index("index", `index ${i} is out of bounds for dimension ${at} with size ${length}`, { at, length, i })
  const drop = all => all.filter((_, n) => n !== at), first = i < 0 ? i + length : i
  const one = cut(x, at, first, 1, 1), shape = drop(one.shape), axes = drop(one.axes)
  return tensor(shape, axes, { long: x.long, strides: drop(one.strides), links: one.links, step: one.step, lone: x.axes[at] === "L" || x.lone })
}

const bounds = ({ first, last, step }, length) => {
  const by = step ?? 1, place = (given, usual) => (given === null ? usual : Math.min(Math.max(given < 0 ? given + length : given, 0), length))
  const from = place(first, 0), to = place(last, length)
  return [from, Math.max(0, Math.ceil((to - from) / by)), by]
}

// x[…]: `items` are whole numbers, { type: "slice" } with numbers, null for None, and "…".
export const item = (x, items) => {
  const real = items.filter(each => each !== null && each !== "…").length
  if (real > x.shape.length) index("too-many-indices", `too many indices for tensor of dimension ${x.shape.length}`)
  const all = items.includes("…") ? items : [...items, "…"]
  let made = elementwise(x), at = 0
  for (const each of all) {
    if (each === "…") at += x.shape.length - real
    else if (each === null) made = unsqueeze(made, at++)
    else if (isWhole(each)) made = chosen(made, at, each)
    else if (each?.type === "slice") {
      const [first, count, step] = bounds(each, made.shape[at])
      if (first || count !== made.shape[at] || step !== 1) made = cut(made, at, first, count, step)
      at++
    } else return unknown("index")
  }
  return made
}

// ---- Two or more tensors.

const broadcast = (x, y) => {
  const count = Math.max(x.shape.length, y.shape.length), shape = []
  for (let i = 1; i <= count; i++) {
    const a = x.shape.at(-i) ?? 1, b = y.shape.at(-i) ?? 1
    if (a !== b && a !== 1 && b !== 1)
      runtime("sizes", `The size of tensor a (${a}) must match the size of tensor b (${b}) at non-singleton dimension ${count - i}`, { a, b, dim: count - i, x, y })
    shape.unshift(a === 1 ? b : a)
  }
  return shape
}
export const combine = (x, y) => {
  const shape = broadcast(x, y), [long, short] = x.shape.length >= y.shape.length ? [x, y] : [y, x]
  const axes = long.axes.map((each, i) => (each === "1" ? short.axes[i - long.axes.length + short.axes.length] ?? each : each))
  const links = [x, y].flatMap(of => (axes.includes("L") && !of.axes.includes("L") ? [{ of, all: true }] : [{ of, reads: t => [t, 1, 1], fold: i => (i >= 0 && i < (lengthOf(of) ?? 1) ? i : -1) }]))
  const strides = shape.join() === x.shape.join() ? x.strides : contiguous(shape)
  const [first] = [x, y].sort((a, b) => a.step[0] / a.step[1] - b.step[0] / b.step[1])
  return tensor(shape, axes, { long: x.long && y.long, links, step: first.step, strides, regular: together([x, y]) })
}

export const join = (parts, dim) => {
  const [first] = parts, count = first.shape.length, at = axis(dim, count)
  for (const [n, each] of parts.entries()) {
    if (each.shape.length !== count) runtime("join", `Tensors must have same number of dimensions: got ${count} and ${each.shape.length}`, {})
    const wrong = each.shape.findIndex((size, i) => i !== at && size !== first.shape[i])
    if (wrong >= 0)
      runtime("join", `Sizes of tensors must match except in dimension ${at}. Expected size ${first.shape[wrong]} but got size ${each.shape[wrong]} for tensor number ${n} in the list.`, { at, a: first.shape[wrong], b: each.shape[wrong] })
  }
  const shape = first.shape.with(at, parts.reduce((sum, each) => sum + each.shape[at], 0)), along = first.axes[at] === "L"
  if (along) return { ...mixed(first, shape, first.axes), links: parts.map(of => ({ of, all: true })) }
  const length = lengthOf(first)
  const links = parts.map(of => ({ of, reads: t => [t, 1, 1], fold: i => (length === undefined || (i >= 0 && i < length) ? i : -1) }))
  return tensor(shape, first.axes, { links, step: first.step, long: first.long, regular: together(parts) })
}
export const stack = (parts, dim) => join(parts.map(each => unsqueeze(each, dim)), dim)

// ---- The methods, by name: (x, { positions, named }) → a value. `view`, `permute` and the like are steps of the trace;
// what only tells something (`size`) or changes no shape (`contiguous`) is none.

const keep = x => x
const whole = given => wholes(sequence("list", given)) ?? type("whole", `argument 'dims' must be tuple of ints, but found ${given.map(repr).join(", ")}`)
export const STEPS = {
  permute: (x, args) => permute(x, whole(dims(args.positions.length ? args.positions : [args.named.dims]))),
  transpose: (x, args) => transpose(x, ...whole(Object.values(takes(args, ["dim0", "dim1"])))),
  squeeze: (x, args) => squeeze(x, whole(dims(Object.values(takes(args, ["dim"]))))),
  unsqueeze: (x, args) => unsqueeze(x, takes(args, ["dim"]).dim),
  flatten: (x, args) => {
    const { start_dim: first, end_dim: last } = takes(args, ["start_dim", "end_dim"], { start_dim: 0, end_dim: -1 })
    return flatten(x, first, last)
  },
  unflatten: (x, args) => unflattening("").run(x, takes(args, ["dim", "unflattened_size"])),
  view: (x, args) => reshape(x, whole(dims(args.positions)), true),
  reshape: (x, args) => reshape(x, whole(dims(args.positions)), false),
  mean: (x, args) => {
    if (x.long) runtime("long", "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long")
    return reduce(x, takes(args, ["dim", "keepdim"], { dim: null }))
  },
  sum: (x, args) => reduce(x, takes(args, ["dim", "keepdim"], { dim: null, whole: true })),
  amax: (x, args) => reduce(x, takes(args, ["dim", "keepdim"], { dim: null, whole: true })),
  argmax: (x, args) => ({ ...reduce(x, takes(args, ["dim", "keepdim"], { dim: null })), long: true }),
  max: (x, args) => {
    const given = takes(args, ["dim", "keepdim"], { dim: null, whole: true }), made = reduce(x, given)
    return given.dim === null ? made : { ...sequence("tuple", [made, { ...made, long: true }]), fields: { values: made } }
  },
  float: x => elementwise(x, { long: false }),
  long: x => elementwise(x, { long: true }),
  contiguous: x => pointwise(x),
}
Object.assign(STEPS, { swapaxes: STEPS.transpose, swapdims: STEPS.transpose, amin: STEPS.amax, min: STEPS.max, argmin: STEPS.argmax, std: STEPS.mean, var: STEPS.mean })
const QUIET = ["to", "cuda", "cpu", "detach", "clone", "requires_grad_", "type_as", "half", "double", "bfloat16", "numpy", "data"]
export const QUIETLY = Object.fromEntries(QUIET.map(name => [name, keep]))
export const TELLS = {
  size: (x, { positions: [dim] }) => (dim === undefined ? sequence("tuple", x.shape) : x.shape[axis(dim, x.shape.length)]),
  dim: x => x.shape.length, numel: x => size(x),
}
export const MEMBERS = {
  shape: x => sequence("tuple", x.shape), ndim: x => x.shape.length, T: x => permute(x, [...x.shape.keys()].reverse()),
  mT: x => transpose(x, -1, -2),
}
