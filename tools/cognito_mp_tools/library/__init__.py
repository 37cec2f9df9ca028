"""What is made from the library's source, or written into it: .mpy, sizes, packages for mip, generated modules."""
