// How the choices of a setting are called where people read them; the code's own names stand in the titles.

const PRECISIONS = { float: "ordinary numbers", binary: "signs" };
const CHOICE_NAMES = {
  model: { mlp: "fully connected", convnet: "convolutions" },
  first_layer: PRECISIONS,
  last_layer: PRECISIONS,
  quantizer: {
    clipped_ste: "straight through within ±t_clip",
    identity_ste: "straight through everywhere",
    approx_sign: "tent: strongest at 0, none beyond ±t_clip",
    swish_sign: "smooth (Swish): fades beyond ±t_clip",
  },
  optimizer: { adam: "Adam", sgd: "SGD, plain steps", bop: "Bop, flips signs itself" },
  schedule: { constant: "stays as it is", cosine: "falls like a cosine" },
  pad_value: { [-1]: "−1", 0: "0, no bit", 1: "+1" },
};

// `titles`: names that the frame brings along, of data sets.
export function choiceName(setting, value, titles = {}) {
  return CHOICE_NAMES[setting]?.[value] ?? titles[value] ?? String(value);
}
