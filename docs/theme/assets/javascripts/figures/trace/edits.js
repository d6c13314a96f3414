// Changes of a reader's text, as { target: "code" | "input", start, end, text }: what cures.js tries out.
import { signature } from "./arguments.js"

export const apply = (text, edits, target) =>
  edits.filter(each => each.target === target).sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((now, { start, end, text: put }) => now.slice(0, start) + put + now.slice(end), text)

const edit = (start, end, text, target = "code") => ({ target, start, end, text })

// An argument of a module's call set to a value, wherever and however it stands; added, if it is not there.
export const setArgument = ({ node, rule }, name, value) => {
  const named = node.named?.find(each => each.name === name)
  if (named) return [edit(named.value.start, named.value.end, String(value))]
  const at = signature(rule.takes).findIndex(each => each.name === name), given = node.args?.[at]
  if (given) return [edit(given.start, given.end, String(value))]
  const last = Math.max(node.open, ...node.args.map(each => each.end), ...node.named.map(each => each.value.end))
  return [edit(last, last, `${last === node.open ? "" : ", "}${name}=${value}`)]
}

// A named argument, or the positional one at a number, taken out with its comma.
export const dropArgument = ({ node }, name) => {
  const all = [...node.args.map((each, n) => ({ key: n, start: each.start, end: each.end })), ...node.named.map(each => ({ key: each.name, start: each.start, end: each.value.end }))]
  const at = all.findIndex(each => each.key === name)
  if (at < 0) return null
  return [edit(at ? all[at - 1].end : all[at].start, all[at].end, "")]
}

export const renameArgument = ({ node }, from, to) => {
  const named = node.named.find(each => each.name === from)
  return named ? [edit(named.start, named.start + from.length, to)] : null
}

// What stands between the parentheses of a call.
export const setArguments = (node, text) => [edit(node.open, node.inside, text)]
export const renameMethod = (node, from, to) => {
  const { end } = node.value
  return [edit(end - from.length, end, to)]
}

const simple = text => /^[\w.]+(?:\([^()]*\)|\[[^\]]*\])?$/.test(text)

// `change(x)` in the place of what a layer is given: x is its text, or "x" in a line of its own.
export const before = (text, { site }, change, classText = "", item = "") => {
  if (site?.kind === "argument") {
    const given = text.slice(site.start, site.end)
    return [edit(site.start, site.end, change(simple(given) ? given : `(${given})`))]
  }
  if (site?.kind === "line") {
    const start = text.lastIndexOf("\n", site.start - 1) + 1, indent = /^ */.exec(text.slice(start))[0]
    return [edit(start, start, `${indent}x = ${change("x")}\n`)]
  }
  if (site?.kind === "item" && item) return [...(classText ? [edit(0, 0, classText)] : []), edit(site.start, site.start, site.printed === undefined ? `${item}, ` : `${item} (${site.printed}): `)]
  return null
}

// The input box with another shape.
export const setInput = (input, shape, long) => [edit(0, input.length, `${long ? "tokens " : ""}(${shape.join(", ")}${shape.length === 1 ? "," : ""})`, "input")]

// A line above the one at a place, in its indentation.
export const lineAbove = (text, at, line) => {
  const start = text.lastIndexOf("\n", at - 1) + 1, own = text.slice(start)
  const indent = /^ */.exec(own)[0], isField = /^ *self\./.test(own)
  return { edits: [edit(start, start, `${indent}${isField ? "self." : ""}${line}\n`)], prefix: isField ? "self." : "" }
}

// The lines of the new text that are not in the old one.
export const changedLines = (old, now) => {
  const known = new Set(old.split("\n"))
  const lines = now.split("\n").filter(line => line.trim() && !known.has(line))
  const indent = Math.min(...lines.map(line => line.search(/\S/)))
  return lines.map(line => line.slice(indent).replace(/,\s*$/, "")).join("\n")
}
