"""What tests share: builders of small true-to-life values, and bounded waiting."""
