// Every setting of a run as the drawer shows it: its label, what it does in one sentence, what is allowed, when it
// applies. Names of fields are those of the library and the command line; how choices are called says choice_names.js.

// kind: "number", "widths", "choice" (from the choices that the frame lists, or `choices` here) or "switch".
export const AT_ONCE_FIELDS = [
  {
    name: "learning_rate", label: "learning rate", kind: "number",
    help: "How far one step moves the hidden numbers; the schedule lowers it from here.", allowed: "above 0, at most 10",
  },
  {
    name: "clip_value", label: "t_clip of x", kind: "number",
    help: "A sign passes gradient back only where its x lies within ± this.", allowed: "0.01 to 10",
  },
  {
    name: "weight_clip_value", label: "t_clip of w", kind: "number", lock: true,
    help: "The same for hidden weights; locked, both are one.", allowed: "0.01 to 10",
    applies: (config) => !keepsNoLatent(config),
  },
  {
    name: "latent_clip", label: "hidden weights", kind: "switch",
    texts: ["kept within ±t_clip", "the lecture’s formula alone"],
    help: "Kept within, a weight never drifts so far that no gradient reaches it again.",
    applies: (config) => !keepsNoLatent(config),
  },
];

export const ANEW_FIELDS = [
  { name: "dataset", label: "data set", kind: "choice", help: "What is learned. Others can be fetched with + in the row of controls." },
  {
    name: "noise", label: "noise", kind: "number", help: "How far the points scatter around their shape.", allowed: "0 to 1",
    applies: (config, data) => data === "points",
  },
  {
    name: "model", label: "model", kind: "choice", help: "Fully connected layers, or convolutions over an image.",
    applies: (config, data) => data === "images",
  },
  {
    name: "widths", label: "widths", kind: "widths",
    help: "Neurons of each hidden layer (of a convnet: filters, and last its dense layer).", allowed: "up to 8 numbers, commas between",
  },
  {
    name: "first_layer", label: "first layer", kind: "choice", choices: ["float", "binary"],
    help: "Weights of the layer that reads the data.",
  },
  {
    name: "last_layer", label: "last layer", kind: "choice", choices: ["float", "binary"],
    help: "Weights of the layer that answers.",
  },
  { name: "quantizer", label: "estimator", kind: "choice", help: "What stands in for the slope of the sign on the way back." },
  {
    name: "optimizer", label: "optimiser", kind: "choice",
    help: "Adam and SGD move hidden numbers; Bop keeps none and flips signs itself.",
  },
  { name: "batch_size", label: "batch size", kind: "number", help: "Examples in one step.", allowed: "2 to 10,000" },
  {
    name: "schedule", label: "schedule", kind: "choice",
    help: "How the learning rate falls; after its end training goes on at the floor.",
  },
  {
    name: "epochs", label: "epochs", kind: "number", help: "Passes over the data until the schedule has fallen.", allowed: "1 to 100,000",
    applies: (config) => config.schedule !== "constant",
  },
  {
    name: "schedule_floor", label: "floor", kind: "number", help: "The share of the learning rate that always stays.", allowed: "0 to 1",
    applies: (config) => config.schedule !== "constant",
  },
  {
    name: "scale", label: "scale", kind: "switch", texts: ["as in XNOR-Net", "none"],
    help: "Multiplies the sums of a binary layer by the mean size of its hidden weights.",
  },
  {
    name: "pad_value", label: "pad value", kind: "choice", choices: [-1, 0, 1],
    help: "What stands around an image; 0 is no bit, so sums there are not counted ones.",
    applies: (config) => config.model === "convnet",
  },
  {
    name: "seed", label: "seed", kind: "number", fresh: true,
    help: "The same seed and settings give the same weights, bit for bit.", allowed: "0 to 4,294,967,295",
  },
];

function keepsNoLatent(config) {
  return config.optimizer === "bop";
}
