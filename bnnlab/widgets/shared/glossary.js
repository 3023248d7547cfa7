// Every word of the lab that not everybody knows, in one sentence or two: what its notes say wherever it stands. What stands
// between the braces is JSON, which Python reads too (bnnlab/widgets/glossary.py).

export const GLOSSARY = {
  "latent weight": "The ordinary number behind a weight, also called hidden: each step moves it a little. The network sees only its sign.",
  "straight-through estimator": "On the way back, the gradient passes the sign as if it were not there, near 0 at least. In short STE.",
  "t_clip": "Gradients pass a sign only where its input lies within ±t_clip. Beyond, no small change could alter the sign, so the estimator lets nothing through.",
  "clip": "To cut off: a gradient beyond ±t_clip is set to 0, and a hidden number may be kept within ±t_clip.",
  "flip": "A weight flips when its hidden number crosses 0: its sign turns from +1 to −1 or back.",
  "starved": "No gradient has reached the hidden number of such a weight for a while, because it lies beyond ±t_clip. So its sign stays, right or wrong.",
  "x": "A neuron’s sum after batch normalisation: (sum − mean) / sd · gamma + beta, in one go sum · scale + shift. Its sign is the bit that is sent on.",
  "normalised": "Sums of many signs are large numbers; batch normalisation brings them to the size of t_clip. It takes off their mean, divides by their spread, and adds what was learned: gamma and beta.",
  "threshold": "The sum from which on a neuron sends +1. It replaces normalisation and sign: one comparison of whole numbers.",
  "word": "Bits that the machine takes at once, 64 in the kernels: one xor and one popcount compare them all. Written in hexadecimal digits, four bits each, the lowest last.",
  "padding": "Places at the end of the last word that hold no number. They are equal in both operands, and are taken off the count.",
  "XNOR": "1 where two bits are equal, 0 where they differ: the product of two signs, written as bits.",
  "popcount": "How many ones there are in a word. The machine has one instruction for it.",
  "gradient": "How the error would change if a number grew a little: its direction and size say how to change the number."
};
