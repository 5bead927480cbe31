"""A hostile internet: addresses that lead inside, and bodies that mean harm."""
