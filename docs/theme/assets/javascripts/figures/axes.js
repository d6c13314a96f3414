// L words of E numbers on their way into Conv1d: where each number goes, and what an output reads. A way is one of
// WAYS, p is { L, E, K, C_out }. tests/browser/test_which_axis.py holds every function here to torch.

export const WAYS = ["permute", "view", "nothing"]

// What the layer gets: how many channels, and how many positions.
export const shape = (way, { L, E }) => (way === "nothing" ? [L, E] : [E, L])

// The word and the number of its vector that stand in the layer's input at a channel and a position.
export const source = (way, { L, E }, channel, position) => {
  if (way === "permute") return [position, channel]
  if (way === "nothing") return [channel, position]
  const at = channel * L + position // `view` leaves all numbers where they are in memory
  return [Math.floor(at / E), at % E]
}

export const lengthOut = (way, p) => shape(way, p)[1] - p.K + 1

export const parameters = (way, p) => p.C_out * shape(way, p)[0] * p.K + p.C_out

// For each word, those of its numbers that the outputs at `t` read, in order.
export const reads = (way, p, t) => {
  const found = Array.from({ length: p.L }, () => [])
  for (let channel = 0; channel < shape(way, p)[0]; channel++)
    for (let k = 0; k < p.K; k++) {
      const [word, number] = source(way, p, channel, t + k)
      found[word].push(number)
    }
  return found.map(numbers => numbers.sort((a, b) => a - b))
}
