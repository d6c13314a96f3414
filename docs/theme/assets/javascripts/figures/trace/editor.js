// The two boxes: the text, with its lines numbered and marked, and the input. And their place in the address.
import { button, make } from "../kit.js"

let count = 0

// A box with its label.
const box = (name, label, attributes) => {
  const id = `insync-${name}-${count++}`, element = make(name === "code" ? "textarea" : "input", { id, autocomplete: "off", autocapitalize: "off", spellcheck: "false", translate: "no", ...attributes })
  return { element, block: make("div", { class: "insync-field" }, make("label", { for: id }, label), element) }
}

// Numbers beside the lines; those that torch refuses have a mark. They are for eyes only: the answer says the line.
const gutter = area => {
  const block = make("pre", { class: "insync-gutter", "aria-hidden": "true" })
  let last = ""
  const mark = marked => {
    const total = area.value.split("\n").length, key = `${total} ${marked}`
    if (key === last) return
    last = key
    block.replaceChildren(...Array.from({ length: total }, (_, n) => make("span", marked.includes(n + 1) ? { "data-refused": "" } : {}, `${marked.includes(n + 1) ? "● " : ""}${n + 1}\n`)))
    block.scrollTop = area.scrollTop
  }
  area.addEventListener("scroll", () => {
    block.scrollTop = area.scrollTop
  })
  return { block, mark }
}

export const editor = (start, texts, changed) => {
  const code = box("code", texts.code, { rows: 9, wrap: "off" }), input = box("input", texts.input, { type: "text" })
  const lines = gutter(code.element)
  code.block.append(make("div", { class: "insync-code" }, lines.block, code.element))
  code.element.value = start.code
  input.element.value = start.input
  const state = () => ({ code: code.element.value, input: input.element.value })
  const set = to => {
    if (to.code !== undefined) code.element.value = to.code
    if (to.input !== undefined) input.element.value = to.input
    grow()
    changed(state())
  }
  const grow = () => {
    code.element.rows = Math.min(24, Math.max(6, code.element.value.split("\n").length + 1))
  }
  for (const element of [code.element, input.element]) {
    element.addEventListener("input", event => {
      if (!event.isComposing) set({})
    })
    element.addEventListener("compositionend", () => set({}))
  }
  grow()
  const example = (label, to) => button(label, () => set(to), { tabindex: "0" })
  return { block: make("div", { class: "insync-boxes" }, code.block, input.block), lines, set, example }
}

// ---- #code=…&input=…: the part of an address that no server is told of.

export const readState = () => {
  const found = new URLSearchParams(location.hash.slice(1))
  return found.has("code") ? { code: found.get("code"), input: found.get("input") ?? "" } : {}
}

let pending = 0

export const writeState = ({ code, input }, { code: usual, given }) => {
  clearTimeout(pending)
  pending = setTimeout(() => {
    const address = new URL(location.href)
    address.hash = code === usual && input === given ? "" : new URLSearchParams({ code, input }).toString()
    history.replaceState(history.state, "", address)
    for (const link of document.querySelectorAll("[data-site=translations] a[hreflang], [data-site=languages] a[hreflang]")) link.hash = address.hash
  }, 300)
}
