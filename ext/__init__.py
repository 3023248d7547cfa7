"""The C sources of the compiled kernel, installed so that the lab can show the lines it steps through."""
