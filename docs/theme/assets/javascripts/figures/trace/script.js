// The network as a script that runs, whatever form it was pasted in, with the shape behind each line.
import { isList, repr, signature } from "./arguments.js"
import { tuple } from "./refuse.js"
import { isTensor } from "./world.js"

// A module as one would write it: what it needs by place, what is set by name.
export const written = ({ kind, args, rule, label }, prefix = "nn.") => {
  if (!rule || !args) return label
  if (rule.takes.startsWith("*")) return `${prefix}${kind}()`
  const given = signature(rule.takes).filter(({ name, usual }) => Object.hasOwn(args, name) && (usual === undefined || !same(args[name], usual)))
  return `${prefix}${kind}(${given.map(({ name, usual }) => (usual === undefined ? repr(args[name]) : `${name}=${repr(args[name])}`)).join(", ")})`
}
const same = (a, b) => repr(a) === repr(b)

const slice = each => {
  if (each?.type !== "slice") return each === "…" ? "..." : repr(each)
  const parts = [each.first, each.last].map(one => (one === null ? "" : repr(one)))
  return parts.join(":") + (each.step === null ? "" : `:${repr(each.step)}`)
}

// What is written for a step, with its tensors by name.
const expression = (row, names, module) => {
  const x = names.get(row.x) ?? "x"
  if (row.foreign) return `torch.rand${tuple(row.out.shape)}`
  if (row.module) return `${module}(${x})`
  const { name, args, parts, named = new Map() } = row.operation
  if (name === "cat" || name === "concat" || name === "concatenate" || name === "stack") return `torch.${name}([${parts.map(each => names.get(each)).join(", ")}], dim=${repr(args[0])})`
  if (parts) return parts.map(each => names.get(each)).join(` ${name} `)
  if (name === "[]") return `${x}[${args.map(slice).join(", ")}]`
  const given = [...args.map(repr), ...[...named].map(([key, value]) => `${key}=${repr(value)}`)]
  const both = (name === "max" || name === "min") && given.length
  return `${x}.${name}(${given.join(", ")})${both ? ".values" : ""}`
}

// One name for what only the next line uses, another for what is needed again.
const nameTensors = (rows, input) => {
  const names = new Map([[input, "x"]]), users = new Map()
  for (const [n, row] of rows.entries()) for (const each of row.operation?.parts ?? [row.x]) users.set(each, n)
  let count = 0
  for (const [n, row] of rows.entries()) {
    const held = [...names.keys()].some(each => names.get(each) === "x" && (users.get(each) ?? -1) > n)
    names.set(row.out, held ? `h${++count}` : "x")
  }
  return names
}

const creation = ({ shape, long }) => (long ? `torch.randint(0, 10, ${tuple(shape)})` : `torch.rand${tuple(shape)}`)
const comment = shape => `  # ${tuple(shape)}`

const nameModules = rows => {
  const names = new Map()
  for (const { module, path } of rows) {
    if (!module || names.has(module)) continue
    const wanted = /[a-zA-Z_]\w*$/.exec(path)?.[0] ?? module.kind.toLowerCase()
    const taken = new Set(names.values())
    let name = wanted
    for (let n = 1; taken.has(name) || name === "x"; n++) name = `${wanted}_${n}`
    names.set(module, name)
  }
  return names
}

export const script = (result, texts) => {
  const rows = result.rows.filter(row => row.out && !row.refused), { input, refused } = result
  if (!input) return ""
  const head = ["import torch", "from torch import nn", "", `x = ${creation(input)}`]
  const names = nameTensors(rows, input), modules = nameModules(rows)
  const tail = refused ? ["", ...refused.message.split("\n").slice(0, 3).map(line => `# ${texts.next}: ${line}`)] : []
  const chain = rows.every((row, n) => row.module && !row.foreign && !row.shared && row.x === (n ? rows[n - 1].out : input) && isTensor(row.y))
  if (chain && rows.length && rows.every(row => row.training))
    return [...head, "net = nn.Sequential(", ...rows.map(row => `    ${written(row.module)},${comment(row.out.shape)}`), ")", "y = net(x)", ...tail].join("\n")
  const created = [...modules].filter(([module]) => module.rule).map(([module, name]) => `${name} = ${written(module)}`)
  const modes = rows.some(row => row.module && !row.training) ? [...modules].filter(([module]) => module.rule).map(([, name]) => `${name}.eval()`) : []
  const steps = rows.map(row => `${names.get(row.out)}${isList(row.y) && row.module ? ", _" : ""} = ${expression(row, names, modules.get(row.module))}${comment(row.out.shape)}${row.foreign ? ` ${texts.instead}: ${row.kind}` : ""}`)
  return [...head, ...created, ...modes, "", ...steps, ...tail].join("\n")
}
