"""What is wrong with a model file."""


class ModelFileError(ValueError):
    """A model file that cannot be used; the message names the file and the field."""
