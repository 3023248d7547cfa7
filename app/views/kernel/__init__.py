"""The page with the kernels: source, machine code, speed."""
