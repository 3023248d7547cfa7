"""The commands of `bnnlab`: one file for each, or for each group of them. `bnnlab.cli` puts them together."""
