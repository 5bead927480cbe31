"""What every kind of a thing must do, run over each of its kinds."""
