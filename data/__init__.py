"""The embedded data sets; read them through `bnnlab.train.DATASETS`. Origin: PROVENANCE.md."""
